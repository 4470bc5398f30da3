package io.zigma.op.cuda;

import java.util.List;

/** A kernel with its macros: what is compiled once and launched often. Equal ones are one. */
public interface KernelSpec {

    /**
     * Returns the kernel's function, which is in the file of this name.
     *
     * @return such as {@code scan_forward} for {@code scan_forward.cu}
     */
    String function();

    /**
     * Returns what the text is compiled with.
     *
     * @return {@code NAME=VALUE} each
     */
    List<String> macros();

    /**
     * Returns how many threads a block has.
     *
     * @return a multiple of 32
     */
    int threads();
}
