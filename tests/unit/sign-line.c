/* SPDX-License-Identifier: MIT */
#include "sign/line.h"

#include "tap.h"

static struct line l;

static struct bytes exactly(const char *text, size_t size)
{
	return (struct bytes){ text, size };
}

static const char *clean(const char *text)
{
	line_clean(&l, bytes_of(text));
	return l.text;
}

static const char *message(const char *text)
{
	clean(text);
	return l.text + l.message;
}

/* What stands before a message is told apart from it, and the message is `want`. */
static void check_message(const char *text, const char *want)
{
	CHECK_STR(message(text), want);
	CHECK_STR(l.bare ? text : "", "");
}

static void check_time(const char *text, enum line_clock clock, uint64_t usec)
{
	check_message(text, "NVRM: Xid 79");
	CHECK_INT(l.clock, clock);
	CHECK_INT(l.usec, usec);
}

#define JULY_18 1752793359123456 /* 2025-07-17T23:02:39.123456Z */

TEST(a_plain_line_is_left_as_it_is)
{
	CHECK_STR(clean("NVRM: GPU at PCI:0000:22:00: GPU-5c31f0"),
		  "NVRM: GPU at PCI:0000:22:00: GPU-5c31f0");
	CHECK_INT(l.message, 0);
	CHECK(l.bare);
	CHECK_INT(l.clock, CLOCK_NONE);
}

TEST(indentation_is_bare_and_stays)
{
	CHECK_STR(clean("               NVRM: BAR0 is 0M @ 0x0"),
		  "               NVRM: BAR0 is 0M @ 0x0");
	CHECK_INT(l.message, 15);
	CHECK(l.bare);
}

TEST(times_of_dmesg_since_boot_are_read)
{
	check_time("[    9.123456] NVRM: Xid 79", CLOCK_BOOT, 9123456);
	check_time("[12345.000007] NVRM: Xid 79", CLOCK_BOOT, 12345000007);
	check_time("<3>[    9.123456] NVRM: Xid 79", CLOCK_BOOT, 9123456);
	check_time("kern  :err   : [    9.123456] NVRM: Xid 79", CLOCK_BOOT, 9123456);
	check_time("[    9.123456 <    0.000012>] NVRM: Xid 79", CLOCK_BOOT, 9123456);
	check_time("[    9.123456][    T1] NVRM: Xid 79", CLOCK_BOOT, 9123456);
	check_time("[    9.123456] [   C12] NVRM: Xid 79", CLOCK_BOOT, 9123456);
	check_time("3,512,9123456,-;NVRM: Xid 79", CLOCK_BOOT, 9123456);
	check_time("3,512,9123456,-,caller=T12;NVRM: Xid 79", CLOCK_BOOT, 9123456);
}

TEST(times_of_dmesg_that_are_not_since_boot_are_left)
{
	check_time("[Fri Jul 18 01:02:39 2025] NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("[Fri Jul 18 01:02:39 2025 <    0.000012>] NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("kern  :err   : [Fri Jul 18 01:02:39 2025] NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("[Jul18 01:02] NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("[  +0.000012] NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("[<    0.000012>] NVRM: Xid 79", CLOCK_NONE, 0);
}

TEST(times_of_dmesg_iso_are_read)
{
	check_time("2025-07-18T01:02:39,123456+02:00 NVRM: Xid 79", CLOCK_WALL, JULY_18);
	check_time("kern  :err   : 2025-07-18T01:02:39,123456+02:00 NVRM: Xid 79", CLOCK_WALL,
		   JULY_18);
}

TEST(days_and_months_of_any_language_are_left)
{
	check_time("[Fr Jul 18 01:02:39 2025] NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("[ven. juil. 18 01:02:39 2025] NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("[五 7月 18 01:02:39 2025] NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("kwi 08 01:02:39 obpc kernel: NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("Mär 08 01:02:39 obpc kernel: NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("févr. 8 01:02:39 obpc kernel: NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("июл 18 01:02:39 obpc kernel: NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("7月 18 01:02:39 obpc kernel: NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("18. Juli 01:02:39 obpc kernel: NVRM: Xid 79", CLOCK_NONE, 0);
}

TEST(forms_of_journalctl_without_a_zone)
{
	check_time("Jul 18 01:02:39 obpc kernel: NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("Jul  8 01:02:39.123456 obpc kernel: NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("Jul 18 01:02:39 kernel: NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("Fri 2025-07-18 01:02:39 CEST obpc kernel: NVRM: Xid 79", CLOCK_NONE, 0);
	check_time("ven. 2025-07-18 01:02:39 CEST obpc kernel: NVRM: Xid 79", CLOCK_NONE, 0);
}

TEST(forms_of_journalctl_with_a_zone_are_read)
{
	check_time("2025-07-18T01:02:39+0200 obpc kernel: NVRM: Xid 79", CLOCK_WALL,
		   JULY_18 - 123456);
	check_time("2025-07-18T01:02:39.123456+02:00 obpc kernel: NVRM: Xid 79", CLOCK_WALL,
		   JULY_18);
	check_time("Thu 2025-07-17 23:02:39.123456 UTC obpc kernel: NVRM: Xid 79", CLOCK_WALL,
		   JULY_18);
	check_time("Fri 2025-07-18 01:02:39.123456 +02 obpc kernel: NVRM: Xid 79", CLOCK_WALL,
		   JULY_18);
	check_time("1752793359.123456 obpc kernel: NVRM: Xid 79", CLOCK_WALL, JULY_18);
	check_time("[    9.123456] obpc kernel: NVRM: Xid 79", CLOCK_BOOT, 9123456);
}

TEST(rsyslog_puts_the_kernels_time_behind_its_own)
{
	check_time("Jul 18 01:02:39 obpc kernel: [    9.123456] NVRM: Xid 79", CLOCK_BOOT, 9123456);
	check_time("2025-07-18T01:02:39.123456+02:00 obpc kernel: [    9.100000] NVRM: Xid 79",
		   CLOCK_WALL, JULY_18);
}

TEST(senders_are_no_part_of_a_message)
{
	check_message("Jul 18 01:02:39 obpc systemd[1]: Reloading.", "Reloading.");
	check_message("Jul 18 01:02:39 obpc (udev-worker)[311]: nvidia: spawned",
		      "nvidia: spawned");
	check_message("Jul 18 01:02:39 obpc sudo: pam_unix(sudo:session)",
		      "pam_unix(sudo:session)");
	check_message("systemd-udevd[9]: /etc/udev/rules.d/60-nvidia.rules:1",
		      "/etc/udev/rules.d/60-nvidia.rules:1");
	check_message("obpc kernel: NVRM: GPU Board Serial", "NVRM: GPU Board Serial");
	check_message("kernel: NVRM: GPU Board Serial", "NVRM: GPU Board Serial");
}

TEST(words_of_a_message_are_no_senders)
{
	check_message("[    9.123456] pci 0000:0a:00.0: [10de:2484] type 00",
		      "pci 0000:0a:00.0: [10de:2484] type 00");
	check_message("2025-07-18T01:02:39,123456+02:00 pcieport 0000:00:1c.0: AER: x",
		      "pcieport 0000:00:1c.0: AER: x");
	check_message("2025-07-18T01:02:39.1Z llama_model_loader: loaded",
		      "llama_model_loader: loaded");
	CHECK_STR(message("nvidia 0000:0a:00.0: enabling device"),
		  "nvidia 0000:0a:00.0: enabling device");
	CHECK(l.bare);
}

TEST(what_looks_like_a_time_is_none)
{
	static const char *const text[] = {
		"[1002:1638] is a Radeon",
		"01:00.0 VGA compatible controller: NVIDIA",
		"| NVIDIA-SMI 590.48.01    Driver Version: 590.48.01 |",
		"|  0%   43C    P8               5W / 200W |",
		"|-----------------------------------------+",
		"lspci | grep NVIDIA",
		"5.25 tokens per second",
		"failed at 10:00:00 with error",
		"name=<unknown>, GPU has fallen off the bus",
		"00000000:01:00.0 Off",
		"[GPU-5c31f0]",
	};

	for (size_t i = 0; i < COUNT_OF(text); i++) {
		CHECK_STR(message(text[i]), text[i]);
		CHECK_INT(l.message, 0);
		CHECK(l.bare);
	}
}

TEST(compose_names_its_service_before_each_line)
{
	check_message("ollama-1  | CUDA error: out of memory", "CUDA error: out of memory");
	check_message("ollama_1     | CUDA error: out of memory", "CUDA error: out of memory");
	check_message("ollama  | CUDA error: out of memory", "CUDA error: out of memory");
	check_message("ollama-1 | CUDA error: out of memory", "CUDA error: out of memory");
	check_message("\033[36mollama-1  |\033[0m CUDA error: out of memory",
		      "CUDA error: out of memory");
}

TEST(compose_docker_and_ollama_all_put_a_time)
{
	check_message("ollama-1  | 2025-07-17T23:02:39.123456789Z time=2025-07-17T23:02:38.000Z "
		      "level=INFO msg=x",
		      "time=2025-07-17T23:02:38.000Z level=INFO msg=x");
	CHECK_INT(l.clock, CLOCK_WALL);
	CHECK_INT(l.usec, JULY_18);
}

TEST(the_time_of_ollama_is_read_and_stays)
{
	check_message(
	    "time=2025-07-18T01:02:39.123+02:00 level=INFO source=gpu.go:217 msg=\"x y\"",
	    "time=2025-07-18T01:02:39.123+02:00 level=INFO source=gpu.go:217 msg=\"x y\"");
	CHECK_INT(l.message, 0);
	CHECK_INT(l.clock, CLOCK_WALL);
	CHECK_INT(l.usec, JULY_18 - 456);
	check_message("Jul 18 01:02:39 obpc dockerd[12]: time=\"2025-07-17T23:02:39.123456789Z\" "
		      "level=error msg=x",
		      "time=\"2025-07-17T23:02:39.123456789Z\" level=error msg=x");
	CHECK_INT(l.usec, JULY_18);
}

TEST(old_ollama_has_a_time_without_a_zone)
{
	check_time("2023/12/24 11:37:00 NVRM: Xid 79", CLOCK_NONE, 0);
	check_message("Dec 24 11:37:00 obpc ollama[911]: 2023/12/24 11:37:00 gpu.go:37: Detecting",
		      "gpu.go:37: Detecting");
	CHECK_STR(message("[GIN] 2023/12/24 - 11:37:00 | 200 |"),
		  "[GIN] 2023/12/24 - 11:37:00 | 200 |");
	CHECK(!l.bare);
}

TEST(files_of_container_runtimes)
{
	check_time("2025-07-17T23:02:39.123456789Z stderr F NVRM: Xid 79", CLOCK_WALL, JULY_18);
	check_time("2025-07-18T01:02:39.123456+02:00 stdout P NVRM: Xid 79", CLOCK_WALL, JULY_18);
	check_time("2025-07-17T23:02:39.123456789Z NVRM: Xid 79", CLOCK_WALL, JULY_18);
}

TEST(names_and_numbers_of_grep)
{
	check_message("kern.log:Jul 18 01:02:39 obpc kernel: NVRM: Xid 79", "NVRM: Xid 79");
	check_message("/var/log/kern.log.1:812:Jul 18 01:02:39 obpc kernel: NVRM: Xid 79",
		      "NVRM: Xid 79");
	check_message("812:[    9.123456] NVRM: Xid 79", "NVRM: Xid 79");
	check_message("812-[    9.123456] NVRM: Xid 79", "NVRM: Xid 79");
}

TEST(quotes_of_mails_are_taken_out)
{
	CHECK_STR(clean("> > [    9.123456] NVRM: Xid 79"), "[    9.123456] NVRM: Xid 79");
	CHECK_STR(clean(">> NVRM: Xid 79"), "NVRM: Xid 79");
	CHECK_STR(clean("&gt; NVRM: Xid 79"), "NVRM: Xid 79");
	CHECK_STR(clean(">                NVRM: BAR0 is 0M"), "               NVRM: BAR0 is 0M");
	CHECK_INT(l.message, 15);
	CHECK(l.bare);
	CHECK_STR(clean(">"), "");
}

TEST(bullets_and_trees_stand_before_a_message)
{
	check_message("  * NVRM: Xid 79", "NVRM: Xid 79");
	check_message("- [    9.123456] NVRM: Xid 79", "NVRM: Xid 79");
	check_message("3. NVRM: Xid 79", "NVRM: Xid 79");
	check_message("\u25cf ollama.service - Ollama", "ollama.service - Ollama");
	check_message("   \u251c\u2500 status:        authorized", "status:        authorized");
	check_message("   \u2502  \u2514\u2500 authflags:  none", "authflags:  none");
	check_message("   |- status:        connected", "status:        connected");
	check_message("   |  `- authflags:  none", "authflags:  none");
	check_message("   `- stored:        no", "stored:        no");
}

TEST(code_of_a_web_page_begins_behind_its_mark)
{
	CHECK_STR(message("`NVRM: Xid 79`"), "NVRM: Xid 79`");
}

TEST(escape_sequences_are_taken_out_however_they_are_written)
{
	static const char *const text[] = {
		"\033[1;31mNVRM\033[0m: Xid 79\033[K",
		"^[[1;31mNVRM^[[0m: Xid 79^[[K",
		"\\u001b[31mNVRM\\u001b[0m: Xid 79",
		"\\x1b[31mNVRM\\033[0m: Xid 79",
		"#033[31mNVRM#033[0m: Xid 79",
		"ESC[31mNVRM\\e[0m: Xid 79ESC[0m",
		"[31mNVRM[0m: Xid 79",
		"\uFFFD[31mNVRM\u241b[0m: Xid 79",
		"\033]8;;file:///x\033\\NVRM\033]8;;\033\\: Xid 79",
		"\033]0;title\aNVRM: Xid 79",
		"\033(BNVRM: Xid 79\033",
	};

	for (size_t i = 0; i < COUNT_OF(text); i++)
		CHECK_STR(clean(text[i]), "NVRM: Xid 79");
	CHECK_STR(clean("rate(x[5m]) of [10de:2484]"), "rate(x[5m]) of [10de:2484]");
}

TEST(control_bytes_are_taken_out)
{
	CHECK_STR(clean("NVRM:\a Xid\b 79\r"), "NVRM: Xid 79");
	CHECK_STR(clean("pulling 1%\rpulling 2%\r"), "pulling 1% pulling 2%");
	CHECK_STR(clean("NVRM:\tXid 79"), "NVRM:\tXid 79");
}

TEST(utf_16_is_read)
{
	static const char first[] = "\xff\xfeN\0V\0R\0M\0:\0 \0\033\0[\0001\0m\0X\0\r";
	static const char other[] = "\0N\0V\0R\0M\0:\0 \0X\0\r";

	line_clean(&l, exactly(first, sizeof(first)));
	CHECK_STR(l.text, "NVRM: X");
	line_clean(&l, exactly(other, sizeof(other)));
	CHECK_STR(l.text, "NVRM: X");
}

TEST(a_byte_order_mark_is_taken_out)
{
	check_message("\uFEFF[    9.123456] NVRM: Xid 79", "NVRM: Xid 79");
}

TEST(html_is_undone)
{
	CHECK_STR(clean("pid=&#39;&lt;unknown&gt;&#x27;, &quot;a&quot; &amp;&amp; b&nbsp;c"),
		  "pid='<unknown>', \"a\" && b c");
	CHECK_STR(clean("&amp;lt;unknown&amp;gt;"), "<unknown>");
	CHECK_STR(clean("<span class=\"pl-s\">NVRM</span>: <b>Xid</b> 79<br/>"), "NVRM: Xid 79");
	CHECK_STR(clean("<td>NVRM: Xid</td><td>79</td>"), " NVRM: Xid  79");
	CHECK_STR(clean("&#228;&#x20AC;&#128578;&#8220;"), "\u00e4\u20ac\U0001f642\"");
}

TEST(what_is_no_html_is_left)
{
	static const char *const text[] = {
		"name=<unknown>, <NULL> <info> [1]",
		"curl 'http://x/?a=1&b=2' 2>&1",
		"a && b &c; &#; &#x; &#99999999; &unknown;",
		"if a <b and c",
	};

	for (size_t i = 0; i < COUNT_OF(text); i++)
		CHECK_STR(clean(text[i]), text[i]);
}

TEST(blanks_and_quotes_of_web_pages_are_ascii)
{
	CHECK_STR(clean("NVRM:\u00a0Xid\u202f79 \u201cx\u201d it\u2019s\u200b"),
		  "NVRM: Xid 79 \"x\" it's");
	CHECK_STR(clean("Gerät für \u2014 caf\u00e9"), "Gerät für \u2014 caf\u00e9");
}

TEST(octal_of_rsyslog_is_a_blank)
{
	CHECK_STR(clean("version 535.54.03, but#012NVRM: this#011kernel#015"),
		  "version 535.54.03, but NVRM: this kernel");
	CHECK_STR(clean("issue #0125 and #012345"), "issue #0125 and #012345");
}

TEST(escaped_quotes_are_quotes)
{
	CHECK_STR(clean("msg=\"select device driver \\\"\\\" with \\\\\\\"x\\\\\\\"\\nhook\""),
		  "msg=\"select device driver \"\" with \"x\" hook\"");
	CHECK_STR(clean("ACPI: \\_SB_.PCI0 and C:\\new\\table"),
		  "ACPI: \\_SB_.PCI0 and C:\\new\\table");
	CHECK_STR(clean("name=\\u003cunknown\\u003e a\\x0ab"), "name=<unknown> a b");
}

TEST(json_of_journalctl)
{
	check_time("{\"__REALTIME_TIMESTAMP\":\"1752793359123456\",\"_HOSTNAME\":\"obpc\","
		   "\"SYSLOG_IDENTIFIER\":\"kernel\",\"MESSAGE\":\"NVRM: Xid 79\"}",
		   CLOCK_WALL, JULY_18);
	CHECK_STR(l.text, "kernel: NVRM: Xid 79");
	check_message("{\"SYSLOG_IDENTIFIER\":\"ollama\",\"_PID\":\"911\",\"MESSAGE\":"
		      "\"2023/12/24 11:37:00 gpu.go:37: x\"}",
		      "gpu.go:37: x");
	check_message("{\"MESSAGE\":[27,91,51,49,109,78,86,82,77,27,91,48,109]}", "NVRM");
	check_message("{\"MESSAGE\":\"NVRM: a\\nNVRM: b\"}", "NVRM: a NVRM: b");
}

TEST(json_file_of_docker)
{
	check_message(
	    "{\"log\":\"time=2025-07-17T23:02:38Z level=INFO msg=\\\"x \\u003cy\\u003e\\\""
	    "\\n\",\"stream\":\"stderr\",\"time\":\"2025-07-17T23:02:39.123456789Z\"}",
	    "time=2025-07-17T23:02:38Z level=INFO msg=\"x <y>\"");
	CHECK_INT(l.usec, JULY_18);
	check_message("ollama-1  | {\"log\":\"\\u001b[31mNVRM\\u001b[0m: Xid 79\\r\\n\"}",
		      "NVRM: Xid 79");
	CHECK_STR(l.text, "ollama-1  | NVRM: Xid 79");
}

TEST(json_of_loggers_becomes_their_text)
{
	check_message("{\"time\":\"2025-07-17T23:02:39.123456Z\",\"level\":\"INFO\",\"msg\":"
		      "\"inference compute\",\"library\":\"cuda\",\"layers\":29,\"mmap\":true}",
		      "level=INFO msg=\"inference compute\" library=cuda layers=29 mmap=true");
	CHECK_INT(l.usec, JULY_18);
	check_message("{\"message\":\"could not select device driver \\\"\\\"\"}",
		      "could not select device driver \"\"");
	check_message("{\"error\":\"llama runner process has terminated\"}",
		      "llama runner process has terminated");
	check_message("data: {\"error\":{\"message\":\"CUDA error\",\"type\":\"api_error\"}}",
		      "CUDA error");
}

TEST(json_that_is_none_is_undone_in_place)
{
	check_message("{\"log\":\"could not select \\\"\\\" with\\nNVRM: Xi",
		      "could not select \"\" with NVRM: Xi");
	check_message("  \"MESSAGE\" : \"NVRM: \\\"a\\\"\",", "NVRM: \"a\"\",");
	check_message("MESSAGE=NVRM: Xid 79", "NVRM: Xid 79");
	check_message("{\"log\":\"a \\ud800 b\"}", "a \\ud800 b\"}");
}

TEST(json_of_something_else_is_left)
{
	static const char *const text[] = {
		"{",
		"{}",
		"{ \"runtimes\": { \"nvidia\": { \"path\": \"x\" } } }",
		"{\"log\":12}",
		"{\"MESSAGE\":null}",
		"{\"error\":{\"code\":1}}",
	};

	for (size_t i = 0; i < COUNT_OF(text); i++) {
		CHECK_STR(clean(text[i]), text[i]);
		CHECK_INT(l.message, 0);
	}
}

TEST(a_deep_json_is_left)
{
	static char deep[LINE_MAX_BYTES];

	memset(deep, '[', sizeof(deep));
	memcpy(deep, "{\"msg\":", 7);
	deep[sizeof(deep) - 1] = '}';
	line_clean(&l, exactly(deep, sizeof(deep)));
	CHECK_INT(l.size, sizeof(deep));
}

TEST(a_long_line_is_cut)
{
	static char big[3 * LINE_MAX_BYTES];

	memset(big, 'x', sizeof(big));
	line_clean(&l, exactly(big, sizeof(big)));
	CHECK_INT(l.size, LINE_MAX_BYTES);
	CHECK_INT(l.text[LINE_MAX_BYTES], 0);
}

TEST(numbers_too_big_are_no_times)
{
	CHECK_STR(message("[99999999999999999999.123456] x"), "[99999999999999999999.123456] x");
	check_message("9999-99-99T99:99:99Z x", "x");
	message("{\"MESSAGE\":\"x\",\"__REALTIME_TIMESTAMP\":\"99999999999999999999\"}");
	CHECK_INT(l.clock, CLOCK_NONE);
}

TEST(a_usual_log_hides_nothing)
{
	static const char text[] =
	    "[    0.001000] ACPI: \\_SB_.PCI0: Added _OSI(Module Device)\r\n"
	    "Jul 18 01:02:39 obpc kernel: NVRM: Xid (PCI:0000:22:00): 79, pid='<unknown>'\n"
	    "time=2025-07-18T01:02:39Z level=INFO msg=\"inference compute\" total=\"11 GiB\"\n"
	    "| NVIDIA-SMI 590.48.01   Driver Version: 590.48.01 |\tx\n"
	    "   \u251c\u2500 name: Ger\u00e4t 10ms #1 [10de:2484] a && b 2>&1 <  0.1>\r";

	CHECK(!line_may_hide(bytes_of(text)));
	CHECK(!line_may_hide(exactly(NULL, 0)));
	CHECK(line_may_hide(exactly("\0N", 2)));
}

TEST(what_hides_is_found_at_every_place)
{
	static const char *const text[] = {
		"\033[0m",
		"\r-",
		"&lt;",
		"\\\"",
		"\\n",
		"\\u003c",
		"<b>",
		"#012",
		"[0m",
		"^[[K",
		"\u00a0",
		"\u2019",
		"\u200b",
		"{\"log\":\"x\"}",
		"{ \"log\":\"x\"}",
		"\uFEFF",
		"ESC[1m",
		"\b",
		"\\x0a",
		"&#39;",
		"</code>",
	};
	char line[200];

	for (size_t i = 0; i < COUNT_OF(text); i++)
		for (size_t at = 0; at + strlen(text[i]) < sizeof(line); at++) {
			memset(line, 'x', sizeof(line));
			CHECK(!line_may_hide(exactly(line, sizeof(line))));
			memcpy(line + at, text[i], strlen(text[i]));
			CHECK(line_may_hide(exactly(line, sizeof(line))));
		}
}
