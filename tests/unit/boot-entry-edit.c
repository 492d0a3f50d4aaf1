/* SPDX-License-Identifier: MIT */
#include "edit.h"
#include "tap.h"

static struct arena arena;

static int run_bls(struct edit *t, const struct an_edit *how, struct err *e)
{
	return bls_edit(t, how->change, e);
}

static int run_limine(struct edit *t, const struct an_edit *how, struct err *e)
{
	return limine_edit(t, how->kernels, how->change, e);
}

static int run_refind(struct edit *t, const struct an_edit *how, struct err *e)
{
	return refind_edit(t, how->change, e);
}

static const char *bls(const char *text, const struct cmdline_change *c)
{
	return edit_run(&arena, text, &(struct an_edit){ .run = run_bls, .change = c });
}

static const char *limine(const char *text, const char *kernel, const struct cmdline_change *c)
{
	struct an_edit how = { .run = run_limine,
			       .change = c,
			       .kernels = kernel ? &(struct names){ &kernel, 1 } : NULL };

	return edit_run(&arena, text, &how);
}

static const char *refind(const char *text, const struct cmdline_change *c)
{
	return edit_run(&arena, text, &(struct an_edit){ .run = run_refind, .change = c });
}

TEST(bls_options_are_changed_and_nothing_else)
{
	CHECK_STR(bls("title\tArch\nlinux\t/vmlinuz\noptions\troot=UUID=1  rw\n", SET("a=1")),
		  "title\tArch\nlinux\t/vmlinuz\noptions\troot=UUID=1  rw a=1\n");
	CHECK_STR(bls("linux /v\r\noptions a=1 rw", SET("a=2")), "linux /v\r\noptions a=2 rw");
	CHECK_STR(bls("uki /u.efi\noptions rw # quiet\n", ADD("x")),
		  "uki /u.efi\noptions rw # quiet x\n");
	CHECK_STR(bls("linux /v\n#options a=1\noptions a=2\n", SET("a=3")),
		  "linux /v\n#options a=1\noptions a=3\n");
	CHECK_STR(bls("linux /v\n  options  a=2\n", SET("a=3")), "linux /v\n  options  a=3\n");
}

TEST(bls_options_lines_are_one_command_line)
{
	CHECK_STR(bls("options a=1\nlinux /v\noptions a=1 b", SET("a=2", "c=3")),
		  "options a=1\nlinux /v\noptions a=2 b c=3");
	CHECK_STR(bls("options a=1\nlinux /v\noptions b", DROP("a")), "linux /v\noptions b");
	CHECK_STR(bls("linux /v\noptions b\noptions a=1", DROP("a", "b")), "linux /v");
	CHECK_STR(bls("linux /v\noptions a b\n", DROP("a")), "linux /v\noptions b\n");
}

TEST(bls_entry_without_options_gets_them_in_its_style)
{
	CHECK_STR(bls("title   Arch\nlinux   /v\n# end\n", SET("a=1")),
		  "title   Arch\nlinux   /v\noptions a=1\n# end\n");
	CHECK_STR(bls("title      Arch\nlinux      /v\n", SET("a=1")),
		  "title      Arch\nlinux      /v\noptions    a=1\n");
	CHECK_STR(bls("title\tArch\nlinux\t/v", SET("a=1")),
		  "title\tArch\nlinux\t/v\noptions\ta=1");
	CHECK_STR(bls("\tlinux /v\r\n\r\n", SET("a=1")), "\tlinux /v\r\n\toptions a=1\r\n\r\n");
	CHECK_STR(bls("linux /v\noptions\n", SET("a=1")), "linux /v\noptions a=1\noptions\n");
	CHECK_STR(bls("linux /v\n", DROP("a")), "linux /v\n");
}

TEST(bls_refuses_what_starts_no_linux)
{
	CHECK_STR(bls("title Windows\nefi /w.efi\n", SET("a=1")),
		  "FILE:1: starts an EFI program, which takes no kernel's options");
	CHECK_STR(bls("timeout 3\n#linux /v\n", SET("a=1")),
		  "FILE:1: no 'linux' line, so this is no entry of a Linux");
	CHECK(str_starts(bls("", SET("a=1")), "FILE:1: no 'linux' line"));
}

TEST(bls_refuses_quotes_that_systemd_boot_takes_off)
{
	CHECK_STR(bls("linux /v\noptions \"a=b c\" rw\n", SET("x=1")),
		  "linux /v\noptions \"a=b c\" rw x=1\n");
	CHECK(str_starts(bls("linux /v\noptions \"a=b c\"\n", SET("x=1")), "FILE:2: systemd-boot"));
	CHECK(str_starts(bls("linux /v\noptions \"a=b c\" rw\n", SET("x=\"1 2\"")),
			 "FILE:2: systemd-boot"));
	CHECK_STR(bls("linux /v\noptions a=\"b c\n", SET("x=1")),
		  "FILE:2: a quote is not closed in this line");
	CHECK(str_starts(bls("linux /v\noptions root={{ x }}\n", SET("x=1")), "FILE:2: '{{'"));
}

#define MENU                                                                                       \
	"timeout: 5\n\n/Linux\n//Arch\n  protocol: linux\n  path: boot():/vmlinuz-linux#12ab\n"    \
	"  cmdline: rw quiet\n//LTS\n\tPROTOCOL: linux\n\tkernel_path: boot():/a/vmlinuz-lts\n"    \
	"\tmodule_path: boot():/i.img\n# cmdline: x\n/Windows\n protocol: efi\n path: "            \
	"boot():/w.efi"

TEST(limine_entries_are_told_by_their_kernel)
{
	CHECK_STR(limine(MENU, "vmlinuz-linux", SET("a=1")),
		  "timeout: 5\n\n/Linux\n//Arch\n  protocol: linux\n"
		  "  path: boot():/vmlinuz-linux#12ab\n  cmdline: rw quiet a=1\n//LTS\n"
		  "\tPROTOCOL: linux\n\tkernel_path: boot():/a/vmlinuz-lts\n"
		  "\tmodule_path: boot():/i.img\n# cmdline: x\n/Windows\n protocol: efi\n"
		  " path: boot():/w.efi");
	CHECK_STR(limine(MENU, "w.efi", SET("a=1")),
		  "FILE:1: no entry starts one of these kernels");
}

TEST(limine_entry_without_a_command_line_gets_one_below_its_path)
{
	const char *got = limine(MENU, NULL, SET("a=1"));

	CHECK(strstr(got, "\n  cmdline: rw quiet a=1\n//LTS\n"));
	CHECK(strstr(got, "\n\tkernel_path: boot():/a/vmlinuz-lts\n\tcmdline: a=1\n\tmodule_path"));
	CHECK(strstr(got, "\n# cmdline: x\n/Windows\n protocol: efi\n path: boot():/w.efi"));
	CHECK_STR(limine(got, NULL, DROP("a")), MENU);
	CHECK_STR(limine("/A\r\nprotocol: linux\r\npath: boot():/v", NULL, SET("a=1")),
		  "/A\r\nprotocol: linux\r\npath: boot():/v\r\ncmdline: a=1");
}

TEST(limine_key_without_a_value_is_filled)
{
	CHECK_STR(limine("/A\nprotocol: linux\npath: /v\nkernel_cmdline:\n", NULL, SET("a=1")),
		  "/A\nprotocol: linux\npath: /v\nkernel_cmdline: a=1\n");
	CHECK_STR(limine("/A\nprotocol: linux\npath: /v\ncmdline: \n", NULL, SET("a=1")),
		  "/A\nprotocol: linux\npath: /v\ncmdline: a=1\n");
}

TEST(limine_refuses_what_it_would_have_to_guess)
{
	CHECK(str_starts(limine(":A\nPROTOCOL=linux\n", NULL, SET("a=1")),
			 "FILE:1: written as up to"));
	CHECK(str_starts(limine("/A\nCMDLINE=rw\n", NULL, SET("a=1")), "FILE:2: written as up to"));
	CHECK(str_starts(limine("/A\nprotocol: linux\npath: /v\ncmdline: a\nkernel_cmdline: b\n",
				NULL, SET("a=1")),
			 "FILE:5: a second command line"));
	CHECK(str_starts(limine("/A\nprotocol: linux\npath: /${K}\n", "v", SET("a=1")),
			 "FILE:3: the kernel's name"));
	CHECK_STR(limine("/A\nprotocol: efi\npath: /v\n", NULL, SET("a=1")),
		  "FILE:1: no entry starts a Linux");
	CHECK_STR(limine("/A\nprotocol: linux\npath: /v\ncmdline: a=\"b\n", NULL, SET("a=1")),
		  "FILE:4: a quote is not closed in this line");
}

TEST(limine_macros_that_hold_our_words_are_refused)
{
	const char *menu = "${C}=rw a=1\n/A\nprotocol: linux\npath: /v\ncmdline: ${C} quiet\n";

	CHECK(str_starts(limine(menu, NULL, SET("a=2")), "FILE:1: sets a parameter for several"));
	CHECK(str_starts(limine(menu, NULL, DROP("a")), "FILE:1: sets a parameter for several"));
	CHECK_STR(limine(menu, NULL, SET("b=2")),
		  "${C}=rw a=1\n/A\nprotocol: linux\npath: /v\ncmdline: ${C} quiet b=2\n");
}

TEST(refind_lines_are_all_changed)
{
	CHECK_STR(refind("\"Boot normally\"  \"root=UUID=1 rw\"\n# \"x\" "
			 "\"y\"\n\n\"Single\"\t\"a=1 single\" # so\r\n",
			 SET("a=2")),
		  "\"Boot normally\"  \"root=UUID=1 rw a=2\"\n# \"x\" \"y\"\n\n\"Single\"\t\"a=2 "
		  "single\" # so\r\n");
	CHECK_STR(refind("\"A\" \"\"", SET("a=2")), "\"A\" \"a=2\"");
	CHECK_STR(refind("\"A\" \"a=2\"", DROP("a")), "\"A\" \"\"");
}

TEST(refind_quotes_are_written_twice)
{
	CHECK_STR(refind("\"A \"\"x\"\"\" \"d=\"\"f a.c\"\" rw\"", SET("a=2")),
		  "\"A \"\"x\"\"\" \"d=\"\"f a.c\"\" rw a=2\"");
	CHECK_STR(refind("\"A\" \"d=\"\"f a.c\"\" rw\"", SET("d=\"g b.c\"")),
		  "\"A\" \"d=\"\"g b.c\"\" rw\"");
	CHECK_STR(refind("\"A\" \"d=\"\"f a.c\"\" rw\"", DROP("d")), "\"A\" \"rw\"");
}

TEST(refind_refuses_lines_without_two_texts)
{
	CHECK_STR(refind("\"A\" \"rw\"\n\"B\"\n", SET("a=2")),
		  "FILE:2: not two texts in quotes, a title and options");
	CHECK(str_starts(refind("\"A\" rw\n", SET("a=2")), "FILE:1: not two"));
	CHECK(str_starts(refind("\"A\" \"rw\n", SET("a=2")), "FILE:1: not two"));
	CHECK(str_starts(refind("\"A\" \"rw\" \"x\"\n", SET("a=2")), "FILE:1: more than two"));
	CHECK(str_starts(refind("\"A\" \"d=\"\"x\"\n", SET("a=2")), "FILE:1: a quote in the"));
	CHECK(str_starts(refind("# none\n", SET("a=2")), "FILE:1: no line with"));
}
