/*
 * tests/fuzz/replay.c - a main for a fuzzer's harness without libFuzzer.
 *
 * Purpose:   feeds each file of the folders on the command line to
 *            LLVMFuzzerTestOneInput once, in the order of their names, so
 *            that a corpus is a test with any compiler.
 * Errors:    exit 1 if a folder or file cannot be read, if there is no file,
 *            or if there are more or larger ones than the limits below.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_INPUTS = 10000, MAX_BYTES = 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int
replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = malloc(MAX_BYTES + 1);
	size_t n = 0;
	int status = 1;

	if (f == NULL || bytes == NULL) {
		fprintf(stderr, "%s: cannot be read\n", path);
		goto done;
	}
	n = fread(bytes, 1, MAX_BYTES + 1, f);
	if (ferror(f) || n > MAX_BYTES) {
		fprintf(stderr, "%s: cannot be read, or too large\n", path);
		goto done;
	}
	/* A block of the exact size, so that a byte too far is seen. */
	uint8_t *exact = malloc(n > 0 ? n : 1);
	if (exact == NULL)
		goto done;
	if (n > 0)
		memcpy(exact, bytes, n);
	(void)LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	status = 0;
done:
	free(bytes);
	if (f != NULL)
		(void)fclose(f);
	return status;
}

static int
replay_folder(const char *folder, int *count)
{
	struct dirent **entries = NULL;
	char path[4096];
	int n = scandir(folder, &entries, visible, alphasort);
	int status = 0;

	if (n < 0) {
		fprintf(stderr, "%s: no such corpus\n", folder);
		return 1;
	}
	for (int i = 0; i < n; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
		free(entries[i]);
		if (status == 0 && ++*count <= MAX_INPUTS)
			status = replay_file(path);
	}
	free(entries);
	return status;
}

int
main(int argc, char **argv)
{
	int count = 0;

	for (int i = 1; i < argc; i++)
		if (replay_folder(argv[i], &count) != 0)
			return 1;
	if (count == 0 || count > MAX_INPUTS) {
		fprintf(stderr, "%d inputs: 1 to %d are replayed\n", count, MAX_INPUTS);
		return 1;
	}
	printf("replayed %d inputs\n", count);
	return 0;
}
