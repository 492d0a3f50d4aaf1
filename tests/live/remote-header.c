/* SPDX-License-Identifier: MIT */
/*
 * Looks at a model on a server and prints what came of it, a word and its value a line.
 * usage: remote-header NAME [deadline=MSEC] [ca=FILE] [token=TOKEN] [hf=URL] [ollama=URL]
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"

#if __has_include(<curl/curl.h>)
#include <curl/curl.h>

#include "store/remote/curl.h"
#define SAME(ours, theirs) _Static_assert((long)(ours) == (long)(theirs), #theirs)
SAME(EASY_WRITE_DATA, CURLOPT_WRITEDATA);
SAME(EASY_URL, CURLOPT_URL);
SAME(EASY_PROXY, CURLOPT_PROXY);
SAME(EASY_RANGE, CURLOPT_RANGE);
SAME(EASY_ERROR_TEXT, CURLOPT_ERRORBUFFER);
SAME(EASY_USER_AGENT, CURLOPT_USERAGENT);
SAME(EASY_LOW_SPEED_LIMIT, CURLOPT_LOW_SPEED_LIMIT);
SAME(EASY_LOW_SPEED_TIME, CURLOPT_LOW_SPEED_TIME);
SAME(EASY_HTTP_HEADER, CURLOPT_HTTPHEADER);
SAME(EASY_HEADER_DATA, CURLOPT_HEADERDATA);
SAME(EASY_VERIFY_PEER, CURLOPT_SSL_VERIFYPEER);
SAME(EASY_CA_FILE, CURLOPT_CAINFO);
SAME(EASY_VERIFY_HOST, CURLOPT_SSL_VERIFYHOST);
SAME(EASY_HTTP_VERSION, CURLOPT_HTTP_VERSION);
SAME(EASY_CONNECT_TIMEOUT_MSEC, CURLOPT_CONNECTTIMEOUT_MS);
SAME(EASY_NO_CONNECT_HEADERS, CURLOPT_SUPPRESS_CONNECT_HEADERS);
SAME(EASY_WRITE, CURLOPT_WRITEFUNCTION);
SAME(EASY_HEADER, CURLOPT_HEADERFUNCTION);
SAME(EASY_HTTP_OR_HTTPS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
SAME(EASY_HTTP_1_1, CURL_HTTP_VERSION_1_1);
SAME(EASY_WRITE_PAUSE, CURL_WRITEFUNC_PAUSE);
SAME(EASY_PAUSE_NONE, CURLPAUSE_CONT);
SAME(EASY_REDIRECT_URL, CURLINFO_REDIRECT_URL);
SAME(MULTI_DONE, CURLMSG_DONE);
SAME(EASY_OK, CURLE_OK);
SAME(EASY_NO_PROXY_NAME, CURLE_COULDNT_RESOLVE_PROXY);
SAME(EASY_NO_HOST_NAME, CURLE_COULDNT_RESOLVE_HOST);
SAME(EASY_NO_CONNECTION, CURLE_COULDNT_CONNECT);
SAME(EASY_PARTIAL, CURLE_PARTIAL_FILE);
SAME(EASY_TIMED_OUT, CURLE_OPERATION_TIMEDOUT);
SAME(EASY_TLS, CURLE_SSL_CONNECT_ERROR);
SAME(EASY_GOT_NOTHING, CURLE_GOT_NOTHING);
SAME(EASY_SEND, CURLE_SEND_ERROR);
SAME(EASY_RECEIVE, CURLE_RECV_ERROR);
SAME(EASY_UNTRUSTED, CURLE_PEER_FAILED_VERIFICATION);
SAME(EASY_NO_CA_FILE, CURLE_SSL_CACERT_BADFILE);
_Static_assert(sizeof(struct multi_message) == sizeof(CURLMsg), "CURLMsg");
#if LIBCURL_VERSION_NUM >= 0x075700
SAME(EASY_QUICK_EXIT, CURLOPT_QUICK_EXIT);
#endif
#endif

static bool option(const char *text, const char *key, const char **ret)
{
	size_t n = strlen(key);

	if (strncmp(text, key, n) != 0 || text[n] != '=')
		return false;
	*ret = text + n + 1;
	return true;
}

static size_t tensors(const struct stored *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->part_count; i++)
		count += s->part[i].tensor_count;
	return count;
}

static void show(const struct stored *s)
{
	const struct gguf_key *tokens = gguf_key(&s->part[0], "tokenizer.ggml.tokens");

	printf("name %s\nwhere %s\nparts %zu\ntensors %zu\n", s->name, s->where, s->part_count,
	       tensors(s));
	printf("header %llu\nfile %llu\nfetched %llu\n",
	       (unsigned long long)s->part[0].header_bytes,
	       (unsigned long long)s->part[0].file_bytes, (unsigned long long)s->fetched_bytes);
	printf("tokens %llu\n", tokens ? (unsigned long long)tokens->count : 0);
	if (s->projector)
		printf("projector %zu\n", s->projector->tensor_count);
	if (s->parameters)
		printf("parameters %s\n", s->parameters);
	for (size_t i = 0; i < s->notes.count; i++)
		printf("note %s\n", s->notes.name[i]);
}

/* At most so much memory was in use at once. */
static long peak_kib(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	long kib = -1;

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = atol(line + 6);
	if (f)
		fclose(f);
	return kib;
}

int main(int argc, char *argv[])
{
	ARENA arena = { 0 };
	struct remote r = { .deadline_msec = 20000 };
	struct stored s = { 0 };
	struct err e = { 0 };
	const char *deadline = NULL;

	for (int i = 2; i < argc; i++)
		if (!option(argv[i], "deadline", &deadline) && !option(argv[i], "ca", &r.ca_file) &&
		    !option(argv[i], "token", &r.token) && !option(argv[i], "hf", &r.hf_base) &&
		    !option(argv[i], "ollama", &r.ollama_base))
			return 64;
	if (argc < 2)
		return 64;
	if (deadline)
		r.deadline_msec = (unsigned)atoi(deadline);
	int code = store_remote(&arena, argv[1], &r, &s, &e);
	if (code < 0)
		printf("error %s\nsaid %s\n", strerrorname_np(-code), e.text);
	else
		show(&s);
	printf("memory %ld\n", peak_kib());
	return code < 0;
}
