// What the kernels' tests share: random problems, guarded outputs, several schedules, comparison with double.
// A test includes cuda_host.h, common.cuh, this and a kernel; its macros come from the compiler's command line.
#pragma once
#include <memory>
#include <string>

typedef std::vector<double> Doubles;

static int wrong = 0;

static void report(const std::string& what) {
    printf("WRONG: %s\n", what.c_str());
    wrong++;
}

// Random numbers of one case.
struct Draw {
    std::mt19937 random;

    explicit Draw(unsigned seed) : random(seed) {}

    int between(int low, int high) {
        return low + (int) (random() % (unsigned) (high - low + 1));
    }

    bool coin() {
        return random() & 1;
    }

    std::vector<float> floats(size_t size, float scale, float mean = 0) {
        std::normal_distribution<float> normal;
        std::vector<float> v(size);
        for (float& x : v) {
            x = mean + scale * normal(random);
        }
        return v;
    }

    std::vector<Value> values(size_t size, float scale, float mean = 0) {
        std::vector<Value> v;
        for (float x : floats(size, scale, mean)) {
            v.push_back(narrow(x));
        }
        return v;
    }

    // A permutation, or now and then the raster order.
    std::vector<int> order(int length) {
        std::vector<int> order(length);
        for (int i = 0; i < length; i++) {
            order[i] = i;
        }
        if (between(0, 3) > 0) {
            std::shuffle(order.begin(), order.end(), random);
        }
        return order;
    }
};

inline double number(float v) {
    return v;
}
#if BF16
inline double number(Value v) {
    return widen(v);
}
#endif

// An output: NaN until it is written, with NaN on both sides that must stay (an address sanitizer has its own).
class Output {
    struct Bytes {
        std::vector<unsigned char> v;
        size_t element;
    };
    std::unique_ptr<Bytes> bytes;

#ifdef __SANITIZE_ADDRESS__
    static constexpr size_t GUARD = 0;
#else
    static constexpr size_t GUARD = 256;
#endif

public:
    std::string name;
    Doubles expected;      // of the sum over the first axis where there are parts
    bool isValue;          // rounded to Value, else float
    double tolerance;      // of the expected numbers' root mean square

    Output(std::string name, bool isValue, Doubles expected, size_t parts, double tolerance = 1e-5)
            : name(std::move(name)), expected(std::move(expected)), isValue(isValue), tolerance(tolerance) {
        size_t element = isValue ? sizeof(Value) : sizeof(float);
        bytes.reset(new Bytes{std::vector<unsigned char>(this->expected.size() * parts * element + 2 * GUARD), element});
        clear();
    }

    void clear() {
        std::fill(bytes->v.begin(), bytes->v.end(), 0xff);
    }

    Value* values() {
        return (Value*) (bytes->v.data() + GUARD);
    }

    float* floats() {
        return (float*) (bytes->v.data() + GUARD);
    }

    const std::vector<unsigned char>& all() const {
        return bytes->v;
    }

    void check(const std::string& problem) const {
        size_t size = bytes->v.size() - 2 * GUARD;
        for (size_t i = 0; i < GUARD; i++) {
            if (bytes->v[i] != 0xff || bytes->v[GUARD + size + i] != 0xff) {
                report(problem + ": " + name + " is written outside");
                return;
            }
        }
        Doubles got(expected.size(), 0.);
        double square = 0;
        for (size_t i = 0; i < size / bytes->element; i++) {
            const unsigned char* at = bytes->v.data() + GUARD + i * bytes->element;
            got[i % expected.size()] += isValue ? number(*(const Value*) at) : number(*(const float*) at);
        }
        for (double x : expected) {
            square += x * x;
        }
        double scale = std::sqrt(square / (expected.empty() ? 1 : expected.size()));
        double rounding = isValue && BF16 ? 1. / 256 : 0; // a bfloat16's last place
        for (size_t i = 0; i < expected.size(); i++) {
            double limit = rounding * std::fabs(expected[i]) + (tolerance + rounding / 16) * scale + 1e-30;
            if (!(std::fabs(got[i] - expected[i]) <= limit)) {
                char text[200];
                snprintf(text, sizeof text, ": %s[%zu] is %.9g, not %.9g (tolerance %.2g)", name.c_str(), i, got[i],
                        expected[i], limit);
                report(problem + text);
                return;
            }
        }
    }
};

// Runs a kernel in several schedules: right in the first, and the same to the last bit in all.
inline void run(const std::string& problem, host::Index grid, unsigned threads, std::vector<Output>& outputs,
        const std::function<void()>& body) {
    std::vector<std::vector<unsigned char>> first;
    const host::Order orders[] = {host::Order::up, host::Order::down, host::Order::shuffled, host::Order::apart};
    for (unsigned i = 0; i < 4; i++) {
        for (Output& output : outputs) {
            output.clear();
        }
        host::launch(grid, threads, orders[i], i, body);
        for (size_t j = 0; j < outputs.size(); j++) {
            if (i == 0) {
                outputs[j].check(problem);
                first.push_back(outputs[j].all());
            } else if (outputs[j].all() != first[j]) {
                report(problem + ": " + outputs[j].name + " depends on the order of the threads");
            }
        }
    }
}

template <typename... Numbers>
static std::string describe(const char* format, Numbers... numbers) {
    char text[300];
    snprintf(text, sizeof text, format, numbers...);
    return text;
}

static int finish(int cases) {
    printf("%d cases, %d wrong\n", cases, wrong);
    return wrong != 0;
}

inline int divide_up(int a, int b) {
    return (a + b - 1) / b;
}

inline double sigmoid_of(double x) {
    return 1 / (1 + std::exp(-x));
}
