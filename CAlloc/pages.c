#define _GNU_SOURCE  // MAP_ANONYMOUS, MADV_*
#include "CAlloc.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

size_t ca_page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

// Reserves more than was asked for, so that an aligned range lies inside, and gives both ends
// back. Cutting at the ends of a mapping never makes more mappings of it.
int ca_reserve(size_t byte_count, size_t alignment, void **base) {
  size_t slack = alignment - ca_page_size();
  size_t total;
  if (__builtin_add_overflow(byte_count, slack, &total)) return ENOMEM;
  char *start = mmap(NULL, total, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) return errno;
  size_t before = (alignment - ((uintptr_t)start & (alignment - 1))) & (alignment - 1);
  size_t behind = slack - before;
  if (before > 0 && munmap(start, before) != 0) {
    int refusal = errno;
    munmap(start, total);
    return refusal;
  }
  char *aligned = start + before;
  if (behind > 0 && munmap(aligned + byte_count, behind) != 0) {
    int refusal = errno;
    munmap(aligned, byte_count + behind);
    return refusal;
  }
  *base = aligned;
  return 0;
}

int ca_commit(void *base, size_t byte_count) {
  return mprotect(base, byte_count, PROT_READ | PROT_WRITE) == 0 ? 0 : errno;
}

int ca_decommit(void *base, size_t byte_count) {
  // The protection first: where it is refused (it may split a mapping) nothing was lost yet.
  if (mprotect(base, byte_count, PROT_NONE) != 0) return errno;
  const int refusal = ca_discard(base, byte_count);
  // Pages that stay must stay usable: locked ones are refused here.
  if (refusal != 0) (void)mprotect(base, byte_count, PROT_READ | PROT_WRITE);
  return refusal;
}

int ca_discard(void *base, size_t byte_count) {
  return madvise(base, byte_count, MADV_DONTNEED) == 0 ? 0 : errno;
}

int ca_release(void *base, size_t byte_count) {
  return munmap(base, byte_count) == 0 ? 0 : errno;
}

int ca_advise_huge_pages(void *base, size_t byte_count) {
#ifdef MADV_HUGEPAGE
  return madvise(base, byte_count, MADV_HUGEPAGE) == 0 ? 0 : errno;
#else
  (void)base, (void)byte_count;
  return ENOSYS;
#endif
}

int ca_prefault(void *base, size_t byte_count) {
#ifdef MADV_POPULATE_WRITE
  return madvise(base, byte_count, MADV_POPULATE_WRITE) == 0 ? 0 : errno;
#else
  (void)base, (void)byte_count;
  return ENOSYS;
#endif
}
