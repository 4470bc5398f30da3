package io.zigma.train.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A file read from its beginning, with parts left out at no cost. */
final class ChannelBytes extends InputStream {

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 13).limit(0);
    private long bufferEnd;

    ChannelBytes(FileChannel channel) {
        this.channel = channel;
    }

    /** Returns the position of the next byte. */
    long place() {
        return bufferEnd - buffer.remaining();
    }

    /** Skips to a later byte. */
    void skipTo(long place) {
        if (place <= bufferEnd) {
            buffer.position(buffer.limit() - (int) (bufferEnd - place));
        } else {
            buffer.limit(0);
            bufferEnd = place;
        }
    }

    @Override
    public int read() throws IOException {
        if (!buffer.hasRemaining()) {
            buffer.clear();
            int count = channel.read(buffer, bufferEnd);
            buffer.flip();
            if (count <= 0) {
                return -1;
            }
            bufferEnd += count;
        }
        return buffer.get() & 0xff;
    }
}
