package io.zigma.op.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The kernels' texts, which are resources beside this class. */
final class KernelSources {

    /** What every kernel's text begins with. */
    private static final String COMMON = "common.cuh";

    private KernelSources() {}

    /** Returns the text of a kernel, with all that it needs. */
    static String of(KernelSpec spec) {
        return read(COMMON) + read(spec.function() + ".cu");
    }

    private static String read(String name) {
        try (InputStream text = KernelSources.class.getResourceAsStream(name)) {
            if (text == null) {
                throw new IllegalStateException("there is no kernel " + name);
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the kernel %s cannot be read".formatted(name), e);
        }
    }
}
