/// A supervisor is a copy of the program, and lives as long as its command. It needs next to nothing of that memory:
/// what it keeps, the program must copy before it writes to it, so both together could grow to twice the size.
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "supervisor.h"

// A sanitizer looks into memory of its own before every access.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define BASSI_KEEPS_MEMORY 1
#endif
#endif

#if defined(__linux__) && !defined(BASSI_KEEPS_MEMORY)

enum {
    RANGES_MAX = 1024,
    LINE_BYTES_MAX = 128,
    /// Smaller ones are not worth a call; among them is what the C library maps for itself.
    RANGE_BYTES_MIN = 1 << 20,
};

struct range {
    uintptr_t start;
    uintptr_t end;
};

static struct range ranges[RANGES_MAX];

static uintptr_t hexadecimal(const char **text) {
    uintptr_t number = 0;
    for (;; (*text)++) {
        char digit = **text;
        if (digit >= '0' && digit <= '9') number = number * 16 + (uintptr_t)(digit - '0');
        else if (digit >= 'a' && digit <= 'f') number = number * 16 + (uintptr_t)(digit - 'a' + 10);
        else return number;
    }
}

static const char *next_field(const char *text) {
    while (*text != ' ' && *text != 0) text++;
    while (*text == ' ') text++;
    return text;
}

static int holds(const struct range *range, const void *address) {
    return range->start <= (uintptr_t)address && (uintptr_t)address < range->end;
}

/// "START-END rw-p OFFSET DEVICE INODE NAME": whether it is heap memory that this process can do without.
/// `file_end` is where the last mapping of a file ended: what follows it directly are that file's variables.
static int is_needless(const char *line, struct range *range, uintptr_t *file_end) {
    range->start = hexadecimal(&line);
    if (*line++ != '-') return 0;
    range->end = hexadecimal(&line);
    const char *rights = next_field(line);
    const char *inode = next_field(next_field(next_field(rights)));
    const char *name = next_field(inode);
    if (inode[0] != '0') {
        *file_end = range->end;
        return 0;
    }
    if (strncmp(rights, "rw-p", 4) != 0 || range->start == *file_end) return 0;
    if (range->end - range->start < RANGE_BYTES_MIN) return 0;
    if (name[0] != 0 && strcmp(name, "[heap]") != 0) return 0;
    // The stack, and the variables of the thread that forked.
    return !holds(range, __builtin_frame_address(0)) && !holds(range, &errno);
}

static int list_needless(int fd) {
    char text[4096];
    char line[LINE_BYTES_MAX];
    int line_length = 0;
    int count = 0;
    uintptr_t file_end = 0;
    ssize_t length;
    while ((length = read(fd, text, sizeof text)) > 0) {
        for (ssize_t at = 0; at < length; at++) {
            if (text[at] != '\n') {
                // The end of a long name does not matter.
                if (line_length < LINE_BYTES_MAX - 1) line[line_length++] = text[at];
                continue;
            }
            line[line_length] = 0;
            line_length = 0;
            if (count < RANGES_MAX && is_needless(line, &ranges[count], &file_end)) count++;
        }
    }
    return count;
}

void bassi_forget_memory(void) {
    int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    int count = list_needless(fd);
    close(fd);
    for (int at = 0; at < count; at++) {
        madvise((void *)ranges[at].start, ranges[at].end - ranges[at].start, MADV_DONTNEED);
    }
}

#else

void bassi_forget_memory(void) {}

#endif
