/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target over files and directories of inputs, without a fuzzer.
 * usage: fuzz-NAME [FILE|DIR]...   (every run of the tests: its corpus)
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static unsigned ran;

static void run_file(const char *path)
{
	FILE *f = fopen(path, "re");
	if (!f) {
		perror(path);
		exit(1);
	}
	static uint8_t buffer[4 << 20];
	size_t n = fread(buffer, 1, sizeof(buffer), f);
	fclose(f);
	/* A copy of its exact size, so that a read past the end is seen. */
	uint8_t *exact = malloc(n ? n : 1);
	if (!exact)
		abort();
	for (size_t i = 0; i < n; i++)
		exact[i] = buffer[i];
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	ran++;
}

static void run_path(const char *path)
{
	struct stat st;
	DIR *d = stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? opendir(path) : NULL;
	if (!d) {
		run_file(path);
		return;
	}
	for (struct dirent *de; (de = readdir(d));) {
		char child[4096];
		if (de->d_name[0] == '.')
			continue;
		snprintf(child, sizeof(child), "%s/%s", path, de->d_name);
		run_path(child);
	}
	closedir(d);
}

int main(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++)
		run_path(argv[i]);
	printf("%u inputs\n", ran);
	return ran == 0;
}
