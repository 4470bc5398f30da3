package io.zigma.cli.terminal;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** Records that something could not be written, which a {@code PrintStream} does not report. */
public final class WatchedOutput extends FilterOutputStream {

    private volatile Optional<IOException> failure = Optional.empty();

    public WatchedOutput(OutputStream out) {
        super(out);
    }

    /** Returns what went wrong first, if anything did. */
    Optional<IOException> failure() {
        return failure;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            if (failure.isEmpty()) {
                failure = Optional.of(e);
            }
            throw e;
        }
    }
}
