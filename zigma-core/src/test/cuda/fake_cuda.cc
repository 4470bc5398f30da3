// A stand-in for libcuda.so.1: device memory is the host's, a module is a shared library with a kernel that was
// compiled for the host (emulated_kernel.h), a launch runs it to its end. The Java side of a launch (loading,
// contexts, arguments, grids) then runs without a GPU. What a driver would refuse is refused here.
// Build: g++ -std=c++17 -O1 -shared -fPIC fake_cuda.cc -o libcuda.so.1 -ldl
#include <dlfcn.h>
#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <string>

typedef int Result;
enum { SUCCESS = 0, INVALID_VALUE = 1, INVALID_DEVICE = 101, INVALID_IMAGE = 200, INVALID_CONTEXT = 201, NOT_FOUND = 500 };
typedef void (*Kernel)(unsigned, unsigned, unsigned, unsigned, void**);

static thread_local void* contexts[8];
static thread_local int depth;
static int primary;
static bool started;
static std::atomic<int> launches;
static std::atomic<int> loads;
static std::atomic<bool> idle;
static std::mutex running; // the emulator runs one block at a time

static void* context() {
    return depth == 0 ? nullptr : contexts[depth - 1];
}

extern "C" {
// For tests: how often a kernel was launched and a module loaded, and whether launches do nothing.
int fake_launches() { return launches; }
int fake_loads() { return loads; }
void fake_idle(int yes) { idle = yes != 0; }

Result cuInit(unsigned flags) {
    started = true;
    return flags ? INVALID_VALUE : SUCCESS;
}
Result cuDeviceGetCount(int* n) { *n = 1; return SUCCESS; }
Result cuDeviceGet(int* device, int ordinal) {
    *device = ordinal;
    return !started || ordinal ? INVALID_DEVICE : SUCCESS;
}
Result cuDeviceGetAttribute(int* value, int attribute, int) {
    *value = attribute == 75 ? 9 : 0; // compute capability 9.0
    return attribute == 75 || attribute == 76 ? SUCCESS : INVALID_VALUE;
}
Result cuDevicePrimaryCtxRetain(void** c, int) { *c = &primary; return SUCCESS; }
Result cuCtxGetCurrent(void** c) { *c = context(); return SUCCESS; }
Result cuCtxPushCurrent_v2(void* c) {
    if (depth == 8 || c != &primary) { return INVALID_CONTEXT; }
    contexts[depth++] = c;
    return SUCCESS;
}
Result cuCtxPopCurrent_v2(void** c) {
    if (depth == 0) { return INVALID_CONTEXT; }
    *c = contexts[--depth];
    return SUCCESS;
}
Result cuModuleLoadData(void** module, const void* image) {
    if (!context()) { return INVALID_CONTEXT; }
    const Elf64_Ehdr* head = (const Elf64_Ehdr*) image;
    if (std::memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 || head->e_machine != EM_X86_64 && head->e_machine != EM_AARCH64) {
        return INVALID_IMAGE;
    }
    size_t size = head->e_shoff + (size_t) head->e_shentsize * head->e_shnum; // the headers of sections come last
    int file = memfd_create("kernel", MFD_CLOEXEC);
    if (file < 0 || write(file, image, size) != (ssize_t) size) { return INVALID_IMAGE; }
    std::string path = "/proc/self/fd/" + std::to_string(file);
    *module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL); // the file stays open: the path names the library
    if (!*module) { std::fprintf(stderr, "%s\n", dlerror()); }
    loads += *module != nullptr;
    return *module ? SUCCESS : INVALID_IMAGE;
}
Result cuModuleGetFunction(void** function, void* module, const char* name) {
    *function = dlsym(module, (std::string("emulated_") + name).c_str());
    return *function ? SUCCESS : NOT_FOUND;
}
Result cuLaunchKernel(void* function, unsigned x, unsigned y, unsigned z, unsigned threads, unsigned threadsY,
        unsigned threadsZ, unsigned shared, void* stream, void** arguments, void** extra) {
    if (!context()) { return INVALID_CONTEXT; }
    if (!function || !x || !y || y > 65535 || !z || z > 65535 || !threads || threads % 32 || threads > 1024
            || threadsY != 1 || threadsZ != 1 || shared || stream || !arguments || extra) {
        return INVALID_VALUE;
    }
    launches++;
    if (!idle) {
        std::lock_guard<std::mutex> one(running);
        ((Kernel) function)(x, y, z, threads, arguments);
    }
    return SUCCESS;
}
Result cuGetErrorName(int error, const char** name) {
    *name = error == INVALID_IMAGE ? "CUDA_ERROR_INVALID_IMAGE"
            : error == INVALID_CONTEXT ? "CUDA_ERROR_INVALID_CONTEXT"
            : error == INVALID_VALUE ? "CUDA_ERROR_INVALID_VALUE" : "an error of the stand-in";
    return SUCCESS;
}
}
