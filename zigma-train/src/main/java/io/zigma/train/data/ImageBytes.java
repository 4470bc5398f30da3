package io.zigma.train.data;

import java.io.IOException;
import java.io.InputStream;
import javax.imageio.stream.ImageInputStream;

/** A file that is open for decoding, as plain bytes. */
final class ImageBytes extends InputStream {

    private final ImageInputStream in;

    ImageBytes(ImageInputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        return in.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return in.read(target, offset, length);
    }
}
