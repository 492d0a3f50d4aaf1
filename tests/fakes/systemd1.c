/* SPDX-License-Identifier: MIT */
/*
 * A stand-in for PID 1 on the system bus: a handful of units, and the ways in
 * which asking for one can go wrong.
 * usage: systemd1           until it is killed; says "ready" when it has its name
 *        systemd1 --mute S  a bus at the socket S that takes connections and never speaks
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <systemd/sd-bus.h>

#define PREFIX "/org/freedesktop/systemd1/unit"

struct unit {
	const char *name, *load, *active, *sub, *file_state, *result;
};

static const struct unit units[] = {
	{ "good.service", "loaded", "active", "running", "enabled", "success" },
	{ "limit.service", "loaded", "failed", "failed", "enabled", "start-limit-hit" },
	{ "hand.service", "loaded", "active", "running", "disabled", "success" },
	{ "ollama.service", "loaded", "active", "running", "enabled", "success" },
	{ "gone.service", "not-found", "inactive", "dead", "", "success" },
	{ "idle.service", "loaded", "inactive", "dead", "enabled", "success" },
	{ "refresh.path", "loaded", "active", "waiting", "enabled", "success" },
	{ "port.socket", "loaded", "active", "listening", "enabled", "success" },
};

static const struct unit *unit_of(const char *name)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i].name, name) == 0)
			return &units[i];
	return NULL;
}

static int reply_rows(sd_bus_message *m, const struct unit *u)
{
	__attribute__((cleanup(sd_bus_message_unrefp))) sd_bus_message *reply = NULL;
	char path[256] = PREFIX "/";

	int r = sd_bus_message_new_method_return(m, &reply);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(ssssssouso)");
	if (u) {
		for (size_t i = 0; u->name[i]; i++) /* as systemd does: '.' is _2e */
			snprintf(path + strlen(path), sizeof(path) - strlen(path),
				 u->name[i] == '.' ? "_2e" : "%c", u->name[i]);
		r = sd_bus_message_append(reply, "(ssssssouso)", u->name, "A unit", u->load,
					  u->active, u->sub, "", path, 0, "", "/");
	}
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int list_units(sd_bus_message *m, void *data, sd_bus_error *error)
{
	const char *name;
	(void)data;
	if (sd_bus_message_enter_container(m, 'a', "s") < 0 ||
	    sd_bus_message_read(m, "s", &name) <= 0)
		return -1;
	if (strcmp(name, "silent.service") == 0)
		return 1;
	if (strcmp(name, "denied.service") == 0)
		return sd_bus_error_set(error, SD_BUS_ERROR_ACCESS_DENIED, "no");
	return reply_rows(m, unit_of(name));
}

static const sd_bus_vtable manager[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("ListUnitsByNames", "as", "a(ssssssouso)", list_units,
		      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

static int get_starters(sd_bus *bus, const char *path, const char *interface, const char *property,
			sd_bus_message *reply, void *data, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)property, (void)data, (void)error;
	return sd_bus_message_append(reply, "as", 1, "multi-user.target");
}

static int get_environment(sd_bus *bus, const char *path, const char *interface,
			   const char *property, sd_bus_message *reply, void *data,
			   sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)property, (void)data, (void)error;
	return sd_bus_message_append(reply, "as", 2, "PATH=/bin", "OLLAMA_HOST=0.0.0.0");
}

static int get_files(sd_bus *bus, const char *path, const char *interface, const char *property,
		     sd_bus_message *reply, void *data, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)property, (void)data, (void)error;
	return sd_bus_message_append(reply, "a(sb)", 1, "/etc/default/ollama", 1);
}

static int get_command(sd_bus *bus, const char *path, const char *interface, const char *property,
		       sd_bus_message *reply, void *data, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)property, (void)data, (void)error;
	return sd_bus_message_append(reply, "a(sasbttttuii)", 1, "/bin/d", 2, "/bin/d", "-x", 0,
				     UINT64_C(1), UINT64_C(2), UINT64_C(3), UINT64_MAX, 7U, 0, 0);
}

static int get_listen(sd_bus *bus, const char *path, const char *interface, const char *property,
		      sd_bus_message *reply, void *data, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)property, (void)data, (void)error;
	return sd_bus_message_append(reply, "a(ss)", 1, "Stream", "[::]:2375");
}

static int get_time(sd_bus *bus, const char *path, const char *interface, const char *property,
		    sd_bus_message *reply, void *data, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)property, (void)data, (void)error;
	return sd_bus_message_append(reply, "t", UINT64_C(1760000000000000));
}

/* The start takes a second. */
static int get_boot_time(sd_bus *bus, const char *path, const char *interface, const char *property,
			 sd_bus_message *reply, void *data, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)data, (void)error;
	return sd_bus_message_append(reply, "t",
				     strncmp(property, "Active", 6) == 0 ? UINT64_C(9000000)
									 : UINT64_C(8000000));
}

/* Text and numbers straight out of struct unit. NRestarts is missing, as before systemd 235. */
static const sd_bus_vtable unit_table[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("UnitFileState", "s", NULL, offsetof(struct unit, file_state), 0),
	SD_BUS_PROPERTY("WantedBy", "as", get_starters, 0, 0),
	SD_BUS_PROPERTY("ActiveEnterTimestamp", "t", get_time, 0, 0),
	SD_BUS_PROPERTY("ActiveEnterTimestampMonotonic", "t", get_boot_time, 0, 0),
	SD_BUS_PROPERTY("InactiveExitTimestampMonotonic", "t", get_boot_time, 0, 0),
	SD_BUS_VTABLE_END,
};

static const sd_bus_vtable service_table[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("Result", "s", NULL, offsetof(struct unit, result), 0),
	SD_BUS_PROPERTY("Environment", "as", get_environment, 0, 0),
	SD_BUS_PROPERTY("EnvironmentFiles", "a(sb)", get_files, 0, 0),
	SD_BUS_PROPERTY("ExecStart", "a(sasbttttuii)", get_command, 0, 0),
	SD_BUS_VTABLE_END,
};

static const sd_bus_vtable socket_table[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("Listen", "a(ss)", get_listen, 0, 0),
	SD_BUS_VTABLE_END,
};

static int find(sd_bus *bus, const char *path, const char *interface, void *data, void **found,
		sd_bus_error *error)
{
	(void)bus, (void)data, (void)error;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		const char *name = path + strlen(PREFIX "/"), *dot = strchr(units[i].name, '.');
		size_t stem = (size_t)(dot - units[i].name);
		if (strncmp(name, units[i].name, stem) != 0 || strncmp(name + stem, "_2e", 3) != 0)
			continue;
		*found = (void *)&units[i];
		return strstr(interface, ".Unit") || strcasecmp(strrchr(interface, '.'), dot) == 0;
	}
	return 0;
}

static int mute(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)) < 0 || listen(fd, 8) < 0)
		return 1;
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}

int main(int argc, char *argv[])
{
	sd_bus *bus = NULL;
	const char *name = "org.freedesktop.systemd1";

	if (argc == 3 && strcmp(argv[1], "--mute") == 0)
		return mute(argv[2]);
	if (sd_bus_open_system(&bus) < 0 ||
	    sd_bus_add_object_vtable(bus, NULL, "/org/freedesktop/systemd1",
				     "org.freedesktop.systemd1.Manager", manager, NULL) < 0 ||
	    sd_bus_add_fallback_vtable(bus, NULL, PREFIX, "org.freedesktop.systemd1.Unit",
				       unit_table, find, NULL) < 0 ||
	    sd_bus_add_fallback_vtable(bus, NULL, PREFIX, "org.freedesktop.systemd1.Service",
				       service_table, find, NULL) < 0 ||
	    sd_bus_add_fallback_vtable(bus, NULL, PREFIX, "org.freedesktop.systemd1.Socket",
				       socket_table, find, NULL) < 0 ||
	    sd_bus_request_name(bus, name, 0) < 0)
		return 1;
	puts("ready");
	fflush(stdout);
	for (int r; (r = sd_bus_process(bus, NULL)) >= 0;)
		if (r == 0 && sd_bus_wait(bus, UINT64_MAX) < 0)
			return 1;
	return 1;
}
