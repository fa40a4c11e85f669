/* A process's clock, moved: preloaded, this adds LIANYAN_CLOCK_AHEAD seconds to the time that the system tells. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int failed = (int)syscall(SYS_clock_gettime, clock, time);
    const char *ahead = getenv("LIANYAN_CLOCK_AHEAD");
    if (!failed && clock == CLOCK_REALTIME && ahead)
        time->tv_sec += atol(ahead);
    return failed;
}
