package io.zigma.op.cuda;

/** Macros that several kernels have. */
final class Macros {

    private Macros() {}

    static String of(ElementType type) {
        return flag("BF16", type == ElementType.BFLOAT16);
    }

    static String flag(String name, boolean value) {
        return name + '=' + (value ? 1 : 0);
    }
}
