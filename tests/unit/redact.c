/* SPDX-License-Identifier: MIT */
#include <jansson.h>

#include "recording/redact.h"
#include "tap.h"

static struct redactor *knowing(void)
{
	struct redactor *r = redactor_new();
	redactor_learn(r, REDACT_HOST, "gondor.lan");
	redactor_learn(r, REDACT_HOST, "gondor");
	redactor_learn(r, REDACT_USER, "frodo");
	redactor_learn(r, REDACT_USER, "sam-wise");
	redactor_learn(r, REDACT_USER, "docker");
	redactor_learn(r, REDACT_USER, "jo");
	redactor_learn(r, REDACT_UUID, "0123456789abcdef0123456789abcdef");
	return r;
}

static const char *redacted(struct arena *a, const char *in)
{
	struct redactor *r = knowing();
	const char *out = redact_text(r, a, in);
	redactor_free(r);
	return out;
}

struct pair {
	const char *in, *out; /* out NULL: stays as it is */
};

/* Each by a redactor of its own; what comes out stays as it is the second time. */
static void check_pairs(const struct pair *p, size_t count)
{
	ARENA a = { 0 };
	for (size_t i = 0; i < count; i++) {
		const char *want = p[i].out ? p[i].out : p[i].in;
		const char *got = redacted(&a, p[i].in);
		if (!str_eq(got, want))
			TAP_FAIL("[%s] gives [%s], not [%s]", p[i].in, got, want);
		if (!str_eq(redacted(&a, got), got))
			TAP_FAIL("[%s] again gives [%s]", got, redacted(&a, got));
	}
}

TEST(ids_and_addresses_get_stand_ins)
{
	static const struct pair pairs[] = {
		{ "GPU-5ef0eb0c-0ffe-4f03-8a32-cc21e45d1e68",
		  "GPU-00000000-0000-4000-8000-000000000002" },
		{ "5EF0EB0C-0FFE-4F03-8A32-CC21E45D1E68 5ef0eb0c-0ffe-4f03-8a32-cc21e45d1e68 "
		  "6ef0eb0c-0ffe-4f03-8a32-cc21e45d1e68",
		  "00000000-0000-4000-8000-000000000002 00000000-0000-4000-8000-000000000002 "
		  "00000000-0000-4000-8000-000000000003" },
		{ "/bolt/devices/01234567_89ab_cdef_0123_456789abcdef",
		  "/bolt/devices/00000000_0000_4000_8000_000000000001" },
		{ "0123456789abcdef0123456789abcdef", "00000000000040008000000000000001" },
		{ "01234567-89ab-cdef-0123-456789abcdef", "00000000-0000-4000-8000-000000000001" },
		{ "/efi/f123456789abcdef0123456789abcde0/6.17.1/linux",
		  "/efi/00000000000040008000000000000002/6.17.1/linux" },
		{ "ether a4:bb:6d:01:02:03 txq", "ether 02:00:00:00:00:01 txq" },
		{ "inet 192.168.1.77/24 brd 255.255.255.255",
		  "inet 192.0.2.1/24 brd 255.255.255.255" },
		{ "10.0.0.1:11434, 10.0.0.2 and 10.0.0.1.",
		  "192.0.2.1:11434, 192.0.2.2 and 192.0.2.1." },
		{ "http://[2a00:1450:4001:81b::200e]:80/", "http://[2001:db8::1]:80/" },
		{ "inet6 fe80::a6bb:6dff:fe01:203/64", "inet6 2001:db8::1/64" },
		{ "addr:2a00::1: bad", "addr:2001:db8::1: bad" },
		{ "\"ID\": \"7TRN:IPZB:QYBB:VPBQ:UMPP:KARE:6ZNR:XE6T:7EWV:PKF4:ZOJD:TPYS\"",
		  "\"ID\": \"REDACTED\"" },
		{ "\"log\":\"\\n10.0.0.9\\u001b[32m10.0.0.9\"",
		  "\"log\":\"\\n192.0.2.1\\u001b[32m192.0.2.1\"" },
		{ "\033[32mgondor", "\033[32mhost2" },
	};
	check_pairs(pairs, COUNT_OF(pairs));
}

TEST(names_are_replaced_as_whole_words)
{
	static const struct pair pairs[] = {
		{ "gondor kernel: hello", "host2 kernel: hello" },
		{ "gondor.lan gondor gondorian agondor frodo@gondor",
		  "host1 host2 gondorian agondor user1@host2" },
		{ "/home/frodo/x /home/bilbo/y /home/frodo",
		  "/home/user1/x /home/user3/y /home/user1" },
		{ "sam-wise sam", "user2 sam" },
		{ "docker jo root", NULL },
	};
	check_pairs(pairs, COUNT_OF(pairs));
}

TEST(secrets_go_by_their_names)
{
	static const struct pair pairs[] = {
		{ "OPENAI_API_KEY=sk-abc", "OPENAI_API_KEY=REDACTED" },
		{ "export DB_PASSWORD=my pass word\nNEXT=1",
		  "export DB_PASSWORD=REDACTED\nNEXT=1" },
		{ "{\"Env\":[\"PATH=/bin\",\"LITELLM_MASTER_KEY=a b\\\"c\",\"A=1\"]}",
		  "{\"Env\":[\"PATH=/bin\",\"LITELLM_MASTER_KEY=REDACTED\",\"A=1\"]}" },
		{ "{\"password\" : \"p\\\"w\", \"n\": 1}",
		  "{\"password\" : \"REDACTED\", \"n\": 1}" },
		{ "{\"api_key\": null, \"max_tokens\": 4096, \"auths\": {}, \"keys\": [1]}", NULL },
		{ "{\"argv\":[\"serve\",\"--api-key\",\"xyz\",\"--port\",\"80\"]}",
		  "{\"argv\":[\"serve\",\"--api-key\",\"REDACTED\",\"--port\",\"80\"]}" },
		{ "{\"argv\":[\"--password=x y\",\"--port=80\"]}",
		  "{\"argv\":[\"--password=REDACTED\",\"--port=80\"]}" },
		{ "run SMTP_PASS=hunter2 MYSQL_PWD=hunter2 PGPASS=hunter2",
		  "run SMTP_PASS=REDACTED MYSQL_PWD=REDACTED PGPASS=REDACTED" },
		{ "serve --api-key abc --port 80 --secret --verbose",
		  "serve --api-key REDACTED --port 80 --secret --verbose" },
		{ "\"run --token abc --port 80\"", "\"run --token REDACTED --port 80\"" },
		{ "postgresql://llm:p@ss@db:5432/x", "postgresql://llm:REDACTED@db:5432/x" },
		{ "http://frodo:x@h/", "http://user1:REDACTED@h/" },
		{ "Authorization: Bearer abcdefgh.ijk", "Authorization: REDACTED" },
		{ "curl -H 'Bearer abcdefghijk'", "curl -H 'Bearer REDACTED'" },
		{ "using hf_abcdefghijklmnop now", "using REDACTED now" },
		{ "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_-d", "REDACTED" },
		{ "GET /x?api_key=abc&n=1 200", "GET /x?api_key=REDACTED&n=1 200" },
		{ "env=\"map[OLLAMA_API_KEY:abc OLLAMA_DEBUG:false]\"",
		  "env=\"map[OLLAMA_API_KEY:REDACTED OLLAMA_DEBUG:false]\"" },
		{ "{\"log\":\"{\\\"secret\\\":\\\"abc\\\",\\\"n\\\":1}\"}",
		  "{\"log\":\"{\\\"secret\\\":\\\"REDACTED\\\",\\\"n\\\":1}\"}" },
		{ "\"serial\": \"X1\", \"serial_number\": 12345678",
		  "\"serial\": \"REDACTED\", \"serial_number\": 0" },
		{ "  Serial Number                : 1320521000123",
		  "  Serial Number                : REDACTED" },
		{ "Board serial: 77A\nnext", "Board serial: REDACTED\nnext" },
	};
	check_pairs(pairs, COUNT_OF(pairs));
}

TEST(secret_variables_go_whatever_their_value_is)
{
	static const struct pair pairs[] = {
		{ "{\"Env\": [\"POSTGRES_PASSWORD=secure\", \"A_KEY=123456789\", "
		  "\"PIN_TOKEN=4711\"]}",
		  "{\"Env\": [\"POSTGRES_PASSWORD=REDACTED\", \"A_KEY=REDACTED\", "
		  "\"PIN_TOKEN=REDACTED\"]}" },
		{ "{\"Env\":[\"SMTP_PASS=a\",\"PGPASS=b\",\"MYSQL_PWD=c\",\"A=1\"]}",
		  "{\"Env\":[\"SMTP_PASS=REDACTED\",\"PGPASS=REDACTED\",\"MYSQL_PWD=REDACTED\","
		  "\"A=1\"]}" },
		{ "{\"Env\":[\"A_KEY==x\",\"B_KEY='a' b\",\"C_KEY=\\\"d\\\" e\",\"D_KEY=\"]}",
		  "{\"Env\":[\"A_KEY=REDACTED\",\"B_KEY=REDACTED\",\"C_KEY=REDACTED\",\"D_KEY=\"]"
		  "}" },
		{ "{\"Environment\":[\"X_TOKEN=auto\"]}",
		  "{\"Environment\":[\"X_TOKEN=REDACTED\"]}" },
		{ "{\"Env\":[\"WEBUI_AUTH=False\",\"POSTGRES_HOST_AUTH_METHOD=trust\"]}", NULL },
		{ "{\"Env\":[\"DB=http://u:pw@h/\"],\"max_token\":\"auto\"}",
		  "{\"Env\":[\"DB=http://u:REDACTED@h/\"],\"max_token\":\"auto\"}" },
	};
	check_pairs(pairs, COUNT_OF(pairs));
}

TEST(of_a_containers_arguments_only_the_options_names_stay)
{
	static const struct pair pairs[] = {
		{ "{\"Args\": [\"--port\", \"4001\", \"--port=4002\", \"4003\"]}",
		  "{\"Args\": [\"--port\", \"4001\", \"--port=4002\", \"REDACTED\"]}" },
		{ "{\"Args\": [\"--port\", \"40s1\", \"--port=s\", \"--ports\", \"1\"]}",
		  "{\"Args\": [\"--port\", \"REDACTED\", \"--port=REDACTED\", \"--ports\", "
		  "\"REDACTED\"]}" },
		{ "{\"Args\": [\"--requirepass\", \"a\", \"-p\", \"b\"], \"Path\": \"c\"}",
		  "{\"Args\": [\"--requirepass\", \"REDACTED\", \"-p\", \"REDACTED\"], "
		  "\"Path\": \"c\"}" },
		{ "{\"Cmd\":[\"-pb\",\"--config=/c.yaml\",\"x \\\"y\\\"\",\"\"],\"N\":[\"d\"]}",
		  "{\"Cmd\":[\"REDACTED\",\"--config=REDACTED\",\"REDACTED\",\"\"],\"N\":[\"d\"]"
		  "}" },
		{ "{\"Healthcheck\":{\"Test\":[\"CMD\",\"redis-cli\",\"-a\",\"b\"]},"
		  "\"Entrypoint\":null}",
		  "{\"Healthcheck\":{\"Test\":[\"REDACTED\",\"REDACTED\",\"-a\",\"REDACTED\"]},"
		  "\"Entrypoint\":null}" },
	};
	check_pairs(pairs, COUNT_OF(pairs));
}

TEST(what_is_no_secret_stays)
{
	static const struct pair pairs[] = {
		{ "[   12.345678] pci 0000:22:00.0: BAR 1: assigned [mem 0x6000000000]", NULL },
		{ "NVRM: Xid (PCI:0000:22:00): 79, pid=1234, name=ollama", NULL },
		{ "590.48.01 6.17.1.arch1 1.17.8-1 0.12.3 4.6.0 NVIDIA 340.76", NULL },
		{ "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", NULL },
		{ "0::/system.slice/docker-9f86d081884c7d659a2feaa0c55ad015.scope", NULL },
		{ "127.0.0.1:11434 0.0.0.0 [::]:80 ::1 255.255.0.0", NULL },
		{ "12:34:56 2025-10-01T12:34:56.123456789Z std::string ggml::cuda", NULL },
		{ "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
		  NULL },
		{ "WEBUI_AUTH=False", NULL },
		{ "POSTGRES_HOST_AUTH_METHOD=trust", NULL },
		{ "LITELLM_MASTER_KEY=", NULL },
		{ "[\"A_KEY=\", \"B=1\"]", NULL },
		{ "{\"AuthMode\":\"enabled\",\"AuthFlags\":\"nopcie | secure\",\"Key\":\"have\"}",
		  NULL },
		{ "{\"Image\":\"quay.io/x/keycloak:26\"}", NULL },
		{ "rd.vconsole.keymap=us modeset=1", NULL },
		{ "iommu.passthrough=1 bypass=on PWD=/srv", NULL },
		{ "usb 1-1: New USB device strings: Mfr=1, Product=2, SerialNumber=3", NULL },
		{ "token auth key: secret", "token auth key: REDACTED" },
		{ "0100007F:2CAA", NULL },
		{ "[    0.413654] Serial: 8250/16550 driver, 1 ports, IRQ sharing disabled", NULL },
	};
	check_pairs(pairs, COUNT_OF(pairs));
}

TEST(files_that_are_one_secret_go_whole)
{
	ARENA a = { 0 };
	struct redactor *r = knowing();
	CHECK_STR(redact_file(r, &a, "/sys/class/dmi/id/chassis_serial", bytes_of("a b\n")).data,
		  "REDACTED\n");
	CHECK_STR(
	    redact_file(r, &a, "/sys/bus/thunderbolt/devices/0-1/key", bytes_of("00ff\n")).data,
	    "REDACTED\n");
	CHECK_STR(redact_file(r, &a, "/sys/bus/thunderbolt/devices/0-1/key", bytes_of("\n")).data,
		  "\n");
	CHECK_STR(redact_file(r, &a, "/etc/serial", bytes_of("a\n")).data, "a\n");
	redactor_free(r);
}

TEST(socket_tables_keep_who_listens_where)
{
	ARENA a = { 0 };
	struct redactor *r = knowing();
	const char *net = "   0: 0100007F:2CAA 00000000:0000 0A\n"
			  "   1: 4D01A8C0:0016 4D01A8C0:D431 01\n"
			  "   2: 00000000:0016 00000000:0000 0A\n";
	CHECK_STR(redact_file(r, &a, "/proc/net/tcp", bytes_of(net)).data,
		  "   0: 0100007F:2CAA 00000000:0000 0A\n"
		  "   1: 010200C0:0016 010200C0:D431 01\n"
		  "   2: 00000000:0016 00000000:0000 0A\n");
	/* The same address as text is the same stand-in. */
	CHECK_STR(redact_text(r, &a, "192.168.1.77"), "192.0.2.1");
	CHECK_STR(redact_file(r, &a, "/proc/net/tcp6",
			      bytes_of(" 0: 00000000000000000000000001000000:0016 "
				       "B80D01200000000000000000030000A0:0001 "
				       "000080FE00000000FF6DBBA6030201FE:0001"))
		      .data,
		  " 0: 00000000000000000000000001000000:0016 "
		  "B80D01200000000000000000030000A0:0001 "
		  "B80D0120000000000000000002000000:0001");
	redactor_free(r);
}

TEST(stand_ins_are_counted_by_kind)
{
	ARENA a = { 0 };
	struct redactor *r = knowing();
	redact_text(r, &a, "10.0.0.1 10.0.0.1 gondor A_KEY=x");
	CHECK_INT(redactor_count(r, REDACT_ADDRESS), 2);
	CHECK_INT(redactor_count(r, REDACT_HOST), 1);
	CHECK_INT(redactor_count(r, REDACT_SECRET), 1);
	CHECK_INT(redactor_count(r, REDACT_MAC), 0);
	redactor_free(r);
}

TEST(json_stays_json)
{
	static const char *const docs[] = {
		"{\"Env\":[\"API_KEY=\\\\\",\"B_TOKEN=\\\"x\\\"\",\"C_SECRET=a\\nb\"]}",
		"{\"serial\":-1.5e3,\"key\":\"\\u0041\",\"x\":\"\\\\\"}",
		"{\"auth\":[\"--api-key\",\"\"],\"Args\":[\"--token\"]}",
		"[\"--password\",\"\\\"\",\"token: \\\"a\\\\\\\"b\\\" c\",\"key='a\"]",
		"{\"secret\":\"\\\\\\\"\",\"passwd\" :\n \"x\"}",
		"{\"Cmd\":[\"\\\\\",\"a\\\"\"],\"Env\" :\n [\"A_KEY=\\\\\"],\"Args\":[[\"b\"],1]}",
	};
	ARENA a = { 0 };
	for (size_t i = 0; i < COUNT_OF(docs); i++) {
		const char *out = redacted(&a, docs[i]);
		json_error_t e;
		json_t *before = json_loads(docs[i], 0, &e), *after = json_loads(out, 0, &e);
		if (!before || !after)
			TAP_FAIL("[%s] gives [%s]: %s", docs[i], out, e.text);
		json_decref(before);
		json_decref(after);
	}
}
