#define _GNU_SOURCE  // clock_gettime
#include "CAlloc.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

_Thread_local void *ca_thread_word = NULL;

int ca_resident_bytes(size_t *byte_count) {
  FILE *file = fopen("/proc/self/statm", "re");
  if (file == NULL) return errno;
  unsigned long mapped_pages, resident_pages;
  int count = fscanf(file, "%lu %lu", &mapped_pages, &resident_pages);
  fclose(file);
  if (count != 2) return EIO;
  *byte_count = resident_pages * ca_page_size();
  return 0;
}

int ca_peak_resident_bytes(size_t *byte_count) {
  // Not getrusage: its figure outlives exec, so it may be that of the program that started this one.
  FILE *file = fopen("/proc/self/status", "re");
  if (file == NULL) return errno;
  char line[256];
  unsigned long kilobytes;
  int is_found = 0;
  while (!is_found && fgets(line, sizeof line, file) != NULL)
    is_found = sscanf(line, "VmHWM: %lu kB", &kilobytes) == 1;
  fclose(file);
  if (!is_found) return EIO;
  *byte_count = (size_t)kilobytes * 1024;
  return 0;
}

uint64_t ca_monotonic_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
