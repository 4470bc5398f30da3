// What follows a kernel's text when it is compiled for the host: EMULATED(name) makes the function that
// fake_cuda.cc looks for, which takes a launch's arguments as cuLaunchKernel does.
#pragma once
#include <cstddef>
#include <utility>

template <typename... Arguments, size_t... Numbers>
void call_with(void (*kernel)(Arguments...), void** arguments, std::index_sequence<Numbers...>) {
    kernel(*(Arguments*) arguments[Numbers]...);
}

template <typename... Arguments>
void call_with(void (*kernel)(Arguments...), void** arguments) {
    call_with(kernel, arguments, std::index_sequence_for<Arguments...>());
}

#define EMULATED(name)                                                                                           \
    extern "C" __attribute__((visibility("default"))) void emulated_##name(                                      \
            unsigned x, unsigned y, unsigned z, unsigned threads, void** arguments) {                            \
        host::launch({x, y, z}, threads, host::Order::shuffled, 1, [&] { call_with(name, arguments); });         \
    }
