/*
 * A stand-in for CUDA's runtime library: memory is the host's, streams finish work after a real time, and every misuse
 * is counted. What it saw is appended to the file FRAMECAST_CUDA_REPORT, one JSON line a process.
 *
 * FRAMECAST_CUDA_BYTES   memory that the device has
 * FRAMECAST_CUDA_FAIL    NAME:N:CODE makes the Nth call of that function fail with that error
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, SET_ON_ACTIVE_PROCESS = 36, INVALID_HANDLE = 400 };

#define GUARD 64
#define MOST 4096

typedef struct {
    unsigned char *data;
    size_t size, written;
} Allocation;

typedef struct {
    double done;
    int alive;
} Stream;

static Allocation allocations[MOST];
static Stream streams[MOST];
static int allocation_count, stream_count;
static size_t used, peak;
static long mallocs, frees, copies, outside, overrun, misused, synchronisations, unfinished;
static unsigned flags;
static int active;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static size_t device_bytes(void)
{
    const char *text = getenv("FRAMECAST_CUDA_BYTES");
    return text ? (size_t)strtoull(text, NULL, 10) : (size_t)1 << 30;
}

/* The error that this call of `name` is to fail with, or 0. */
static int demanded(const char *name, long *calls)
{
    const char *text = getenv("FRAMECAST_CUDA_FAIL");
    size_t length = strlen(name);
    *calls += 1;
    if (!text || strncmp(text, name, length) != 0 || text[length] != ':') return SUCCESS;
    char *rest;
    long call = strtol(text + length + 1, &rest, 10);
    return *rest == ':' && call == *calls ? (int)strtol(rest + 1, NULL, 10) : SUCCESS;
}

#define FAIL_ON_DEMAND(name)                \
    do {                                    \
        static long calls;                  \
        int error = demanded(name, &calls); \
        if (error) return error;            \
    } while (0)

/* The allocation that holds all of [address, address + size), or NULL. */
static Allocation *holding(const void *address, size_t size)
{
    const unsigned char *at = address;
    for (int i = 0; i < allocation_count; i++) {
        Allocation *one = &allocations[i];
        if (one->data && at >= one->data && size <= one->size && (size_t)(at - one->data) <= one->size - size) return one;
    }
    return NULL;
}

static int guards_hold(const Allocation *one)
{
    for (int i = 0; i < GUARD; i++)
        if (one->data[-1 - i] != 0xA5 || one->data[one->size + i] != 0xA5) return 0;
    return 1;
}

int cudaMalloc(void **pointer, size_t size)
{
    FAIL_ON_DEMAND("cudaMalloc");
    if (!pointer || size == 0 || allocation_count == MOST) return INVALID_VALUE;
    if (size > device_bytes() - used) return OUT_OF_MEMORY;
    unsigned char *block = malloc(size + 2 * GUARD);
    if (!block) return OUT_OF_MEMORY;
    memset(block, 0xA5, size + 2 * GUARD);
    allocations[allocation_count++] = (Allocation){block + GUARD, size, 0};
    used += size;
    if (used > peak) peak = used;
    mallocs++;
    active = 1;
    *pointer = block + GUARD;
    return SUCCESS;
}

int cudaFree(void *pointer)
{
    FAIL_ON_DEMAND("cudaFree");
    for (int i = 0; i < allocation_count; i++) {
        Allocation *one = &allocations[i];
        if (pointer && one->data == pointer) {
            if (!guards_hold(one)) overrun++;
            used -= one->size;
            free(one->data - GUARD);
            one->data = NULL;
            frees++;
            return SUCCESS;
        }
    }
    if (pointer) misused++;
    return pointer ? INVALID_VALUE : SUCCESS;
}

int cudaMemcpy(void *target, const void *source, size_t size, int kind)
{
    FAIL_ON_DEMAND("cudaMemcpy");
    copies++;
    Allocation *one = holding(kind == 1 ? target : source, size);
    if ((kind != 1 && kind != 2) || !one) {
        outside++;
        return INVALID_VALUE;
    }
    memcpy(target, source, size);
    if (kind == 1) one->written += size;
    return SUCCESS;
}

int cudaStreamCreate(void **stream)
{
    FAIL_ON_DEMAND("cudaStreamCreate");
    if (stream_count == MOST) return OUT_OF_MEMORY;
    streams[stream_count] = (Stream){0, 1};
    *stream = &streams[stream_count++];
    active = 1;
    return SUCCESS;
}

static Stream *known_stream(void *stream)
{
    Stream *one = stream;
    if (one < streams || one >= streams + stream_count || !one->alive) {
        misused++;
        return NULL;
    }
    return one;
}

int cudaStreamSynchronize(void *stream)
{
    FAIL_ON_DEMAND("cudaStreamSynchronize");
    Stream *one = known_stream(stream);
    if (!one) return INVALID_HANDLE;
    synchronisations++;
    double left;
    while ((left = one->done - now()) > 0)
        if (left > 0.001) usleep((useconds_t)((left - 0.001) * 1e6));
    return SUCCESS;
}

int cudaStreamDestroy(void *stream)
{
    FAIL_ON_DEMAND("cudaStreamDestroy");
    Stream *one = known_stream(stream);
    if (!one) return INVALID_HANDLE;
    if (one->done > now()) unfinished++;
    one->alive = 0;
    return SUCCESS;
}

int cudaSetDeviceFlags(unsigned wanted)
{
    FAIL_ON_DEMAND("cudaSetDeviceFlags");
    if (active) return SET_ON_ACTIVE_PROCESS;
    flags = wanted;
    return SUCCESS;
}

int cudaMemGetInfo(size_t *free_bytes, size_t *total)
{
    FAIL_ON_DEMAND("cudaMemGetInfo");
    *total = device_bytes();
    *free_bytes = *total - used;
    return SUCCESS;
}

int cudaGetDeviceProperties(void *properties, int device)
{
    FAIL_ON_DEMAND("cudaGetDeviceProperties");
    const char *name = getenv("FRAMECAST_CUDA_NAME");
    /* As large as CUDA 12's: a buffer that is too small is overrun. */
    memset(properties, 0xFF, 1032);
    memset(properties, 0, 256);
    strncpy(properties, name ? name : "Stand-in GPU", 255);
    return device == 0 ? SUCCESS : INVALID_VALUE;
}

int cudaRuntimeGetVersion(int *version)
{
    FAIL_ON_DEMAND("cudaRuntimeGetVersion");
    *version = 10020;
    return SUCCESS;
}

const char *cudaGetErrorString(int error)
{
    switch (error) {
    case OUT_OF_MEMORY: return "out of memory";
    case 35: return "CUDA driver version is insufficient for CUDA runtime version";
    case 100: return "no CUDA-capable device is detected";
    case 700: return "an illegal memory access was encountered";
    case 719: return "unspecified launch failure";
    default: return "unrecognized error code";
    }
}

/* For the TensorRT double: puts work that takes so long on a stream. 0 when all is well. */
int standin_enqueue(void *stream, double seconds)
{
    Stream *one = known_stream(stream);
    if (!one) return INVALID_HANDLE;
    double begin = now();
    if (one->done > begin) {
        unfinished++;
        begin = one->done;
    }
    one->done = begin + seconds;
    return SUCCESS;
}

/* For the TensorRT double: whether a tensor has its memory, and, for an input, whether all of it was written. */
int standin_tensor(const void *address, size_t size, int input)
{
    Allocation *one = holding(address, size);
    if (!one || one->data != address) return INVALID_VALUE;
    return input && one->written < size ? INVALID_VALUE : SUCCESS;
}

__attribute__((destructor)) static void report(void)
{
    const char *path = getenv("FRAMECAST_CUDA_REPORT");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (!file) return;
    int leaked = 0, streams_left = 0;
    for (int i = 0; i < allocation_count; i++) leaked += allocations[i].data != NULL;
    for (int i = 0; i < stream_count; i++) streams_left += streams[i].alive;
    fprintf(file,
            "{\"mallocs\":%ld,\"frees\":%ld,\"leaked\":%d,\"streamsLeft\":%d,\"copies\":%ld,\"outside\":%ld,"
            "\"overrun\":%ld,\"misused\":%ld,\"synchronisations\":%ld,\"unfinished\":%ld,\"flags\":%u,\"peak\":%zu}\n",
            mallocs, frees, leaked, streams_left, copies, outside, overrun, misused, synchronisations, unfinished, flags,
            peak);
    fclose(file);
}
