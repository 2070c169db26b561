#ifndef CALLOC_H
#define CALLOC_H

/// The floor under everything: pages of the operating system, and what only C can say.
///
/// No policy and no state of the process, but for two slots a thread. Every size is in bytes.
/// A call that can fail returns 0, or the `errno` of the system call that refused.

#include <stddef.h>
#include <stdint.h>

_Static_assert(sizeof(void *) == 8, "terms and blocks are laid out for 64-bit addresses");
_Static_assert(sizeof(size_t) == sizeof(uint64_t), "sizes are imported as 64-bit integers");

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Pages

/// The size of a page: a power of two, 4,096 on x86-64.
size_t ca_page_size(void);

/// Reserves addresses. Nothing may be read or written there before ca_commit, and nothing is
/// charged: no page, no swap space.
/// \pre  byte_count is a positive multiple of the page size; alignment is a power of two, at
///       least the page size.
/// \post *base is a multiple of alignment. On failure *base is untouched and nothing is reserved.
/// \returns ENOMEM where the address space, a limit or the number of mappings is used up.
int ca_reserve(size_t byte_count, size_t alignment, void **base);

/// Makes reserved pages readable and writable. Their content is zero where it was never written.
/// The page itself comes with the first touch.
/// \pre  base and byte_count are multiples of the page size inside one reservation.
int ca_commit(void *base, size_t byte_count);

/// Gives the pages back and keeps the addresses: a touch faults until the next ca_commit.
/// \pre  as for ca_commit.
int ca_decommit(void *base, size_t byte_count);

/// Gives the pages back and keeps them usable: the next touch reads zero.
/// \pre  as for ca_commit; the range is committed.
int ca_discard(void *base, size_t byte_count);

/// Ends a reservation or a part of one: pages and addresses are gone.
/// \pre  as for ca_commit.
int ca_release(void *base, size_t byte_count);

/// Asks for huge pages (2 MiB on x86-64) where the range covers them, now and in future.
/// \returns EINVAL where the kernel was built without them. It is advice: go on without.
int ca_advise_huge_pages(void *base, size_t byte_count);

/// Brings the pages in, writable, at once: cheaper than a fault for each.
/// \pre  as for ca_commit; the range is committed.
/// \returns EINVAL or ENOSYS where the kernel cannot. It is advice: a touch does it too.
int ca_prefault(void *base, size_t byte_count);

// MARK: What the process uses

/// The bytes of this process that are in memory now.
int ca_resident_bytes(size_t *byte_count);

/// The most bytes of this process that were in memory at once.
int ca_peak_resident_bytes(size_t *byte_count);

/// Nanoseconds of a clock that never goes back, since a point that stays the same until reboot.
uint64_t ca_monotonic_nanoseconds(void);

// MARK: Sanitizers

/// 1 where this target was built for AddressSanitizer.
extern const int ca_has_poisoning;

/// 1 where the byte bears the mark; always 0 unless built for AddressSanitizer.
int ca_is_poisoned(const volatile void *address);

/// What `ca_poison` and `ca_unpoison` do where the target was built for AddressSanitizer.
void ca_poison_memory(const volatile void *base, size_t byte_count);
void ca_unpoison_memory(const volatile void *base, size_t byte_count);

// MARK: In line

/// Marks bytes as not to be touched. Nothing unless this target is built for AddressSanitizer.
/// \pre  base is a multiple of 8.
static inline void ca_poison(const volatile void *base, size_t byte_count) {
  if (ca_has_poisoning) ca_poison_memory(base, byte_count);
}

/// Takes the mark away. Pages must bear none when they are released: others will get them.
static inline void ca_unpoison(const volatile void *base, size_t byte_count) {
  if (ca_has_poisoning) ca_unpoison_memory(base, byte_count);
}

/// Asks for the cache line of an address that will be read. Any address is allowed.
static inline void ca_prefetch_read(const void *address) { __builtin_prefetch(address, 0, 3); }

/// Asks for the cache line of an address that will be written. Any address is allowed.
static inline void ca_prefetch_write(const void *address) { __builtin_prefetch(address, 1, 3); }

/// A word of the calling thread's own, null in a new thread. Reached by the two calls below.
/// Its place is fixed as the program starts, so that an access is one instruction: a program that loads
/// this by dlopen takes 32 bytes of the room that the C library keeps for that.
extern _Thread_local void *ca_thread_word __attribute__((tls_model("initial-exec")));

/// The calling thread's word.
static inline void *ca_thread_slot(void) { return ca_thread_word; }

/// Sets the calling thread's word. What it points to is not freed when the thread ends.
static inline void ca_set_thread_slot(void *value) { ca_thread_word = value; }

// MARK: Between threads

/// What a thread keeps to find its instance of an allocator without a lock: the number of the
/// allocator it used last, its instance of that one, and the list of all its instances. All zero
/// in a new thread.
struct ca_thread_door {
  uint64_t allocator;
  void *instance;
  void *entries;
};
extern _Thread_local struct ca_thread_door ca_thread_door_word
    __attribute__((tls_model("initial-exec")));

/// The calling thread's door.
static inline struct ca_thread_door *ca_current_thread_door(void) { return &ca_thread_door_word; }

/// Keeps the compiler from moving a read or write of memory across; the processor may.
static inline void ca_compiler_fence(void) { __asm__ volatile("" ::: "memory"); }

/// Makes every thread of this process pass a full memory barrier before the call returns.
/// \returns ENOSYS or EINVAL where the kernel cannot; then no thread passed one.
int ca_barrier_all_threads(void);

#ifdef __cplusplus
}
#endif

#endif
