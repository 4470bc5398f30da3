package io.zigma.jmh;

import io.zigma.op.ReferencePath;
import java.util.function.Supplier;

/** Who does the work. */
public enum Implementation {
    /** The fused kernel. */
    FUSED {
        @Override
        <T> T run(Supplier<T> work) {
            return work.get();
        }
    },
    /** Plain {@code NDArray} operations. */
    REFERENCE {
        @Override
        <T> T run(Supplier<T> work) {
            return ReferencePath.run(work);
        }
    };

    abstract <T> T run(Supplier<T> work);
}
