package io.zigma.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file as the platform's decoders read it. Unlike the platform's own stream it opens files by
 * their path and not by their name as text, which loses characters that the locale lacks.
 */
final class ChannelInput extends ImageInputStreamImpl {

    private static final int BUFFER_BYTES = 1 << 16;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
    private long bufferStart;

    /** Wraps a channel; closing this closes it. */
    ChannelInput(FileChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read() throws IOException {
        bitOffset = 0;
        if (!fill()) {
            return -1;
        }
        return buffer.get((int) (streamPos++ - bufferStart)) & 0xff;
    }

    /**
     * Reads as many bytes as are wanted, fewer only at the end of the file: the platform's {@code
     * readInt} and the like take fewer for the end.
     */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        bitOffset = 0;
        int done = 0;
        while (done < length && fill()) {
            int at = (int) (streamPos - bufferStart);
            int count = Math.min(length - done, buffer.limit() - at);
            buffer.get(at, target, offset + done, count);
            streamPos += count;
            done += count;
        }
        return done == 0 && length > 0 ? -1 : done;
    }

    /** Loads the byte at the stream's position into the buffer; false at the end of the file. */
    private boolean fill() throws IOException {
        if (streamPos >= bufferStart && streamPos < bufferStart + buffer.limit()) {
            return true;
        }
        buffer.clear();
        int count = channel.read(buffer, streamPos);
        bufferStart = streamPos;
        buffer.flip();
        return count > 0;
    }

    @Override
    public long length() {
        try {
            return channel.size();
        } catch (IOException e) {
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        super.close();
        channel.close();
    }
}
