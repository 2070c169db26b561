#include "CAlloc.h"

// In a file of their own and not in line: the importer of the header need not know how the
// program is built.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BUILT_FOR_ADDRESS_SANITIZER 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define BUILT_FOR_ADDRESS_SANITIZER 1
#endif

#ifdef BUILT_FOR_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>

void ca_poison_memory(const volatile void *base, size_t byte_count) {
  __asan_poison_memory_region(base, byte_count);
}

void ca_unpoison_memory(const volatile void *base, size_t byte_count) {
  __asan_unpoison_memory_region(base, byte_count);
}

int ca_is_poisoned(const volatile void *address) { return __asan_address_is_poisoned(address); }

const int ca_has_poisoning = 1;
#else
void ca_poison_memory(const volatile void *base, size_t byte_count) { (void)base, (void)byte_count; }

void ca_unpoison_memory(const volatile void *base, size_t byte_count) { (void)base, (void)byte_count; }

int ca_is_poisoned(const volatile void *address) { return (void)address, 0; }

const int ca_has_poisoning = 0;
#endif
