package io.zigma.media;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import javax.imageio.stream.ImageInputStream;

/** GIF: the first frame, at its position on the screen that the file describes. */
final class GifDecoder implements FormatDecoder {

    private static final int HEADER_BYTES = 6;
    private static final int IMAGE = 0x2c;
    private static final int EXTENSION = 0x21;
    private static final int MAX_FRAMES = 100_000;
    private static final long MAX_SCREEN_PIXELS = 1L << 24;

    /** The screen and the frames on it (GIF89a, sections 18 and 20). */
    private record Blocks(int width, int height, int left, int top, int frames) {}

    @Override
    public Decoded decode(ImageInputStream in) throws IOException {
        Blocks blocks = blocks(in);
        try (PlatformReader reader = new PlatformReader("gif", in)) {
            BufferedImage frame = onScreen(reader.image(0), blocks);
            return new Decoded(
                    PlatformReader.samples(frame), Decoded.UPRIGHT, null, blocks.frames());
        }
    }

    private static BufferedImage onScreen(BufferedImage frame, Blocks blocks)
            throws MediaException {
        boolean whole = frame.getWidth() >= blocks.width() && frame.getHeight() >= blocks.height();
        long screen = (long) blocks.width() * blocks.height();
        if (whole || screen == 0) {
            return frame;
        }
        if (screen > MAX_SCREEN_PIXELS) {
            // too large: the frame was then read with pixels left out
            boolean covers = blocks.left() == 0 && blocks.top() == 0;
            if (covers
                    && (long) frame.getWidth() * blocks.height()
                            == (long) frame.getHeight() * blocks.width()) {
                return frame;
            }
            throw new MediaException(
                    "%s×%s pixels are more than can be decoded"
                            .formatted(blocks.width(), blocks.height()));
        }
        BufferedImage shown =
                new BufferedImage(blocks.width(), blocks.height(), BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = shown.createGraphics();
        graphics.drawImage(frame, blocks.left(), blocks.top(), null);
        graphics.dispose();
        return shown;
    }

    private static Blocks blocks(ImageInputStream in) throws IOException {
        in.seek(HEADER_BYTES);
        int left = 0;
        int top = 0;
        int frames = 0;
        int width = 0;
        int height = 0;
        try {
            width = little(in);
            height = little(in);
            skipTable(in, in.readUnsignedByte(), 2);
            int block = in.read();
            while ((block == IMAGE || block == EXTENSION) && frames < MAX_FRAMES) {
                if (block == EXTENSION) {
                    in.readUnsignedByte();
                } else {
                    int x = little(in);
                    int y = little(in);
                    in.skipBytes(4);
                    skipTable(in, in.readUnsignedByte(), 0);
                    in.readUnsignedByte(); // bits of the first code
                    left = frames == 0 ? x : left;
                    top = frames == 0 ? y : top;
                    frames++;
                }
                skipSubBlocks(in);
                block = in.read();
            }
        } catch (EOFException e) {
            if (frames < 2) {
                throw new MediaException("damaged (it is cut off)", e);
            }
        }
        return new Blocks(width, height, left, top, Math.max(1, frames));
    }

    private static void skipTable(ImageInputStream in, int flags, int then) throws IOException {
        int table = (flags & 0x80) == 0 ? 0 : 3 << (flags & 7) + 1;
        skip(in, then + table);
    }

    private static void skipSubBlocks(ImageInputStream in) throws IOException {
        for (int size = in.readUnsignedByte(); size > 0; size = in.readUnsignedByte()) {
            skip(in, size);
        }
    }

    private static void skip(ImageInputStream in, int count) throws IOException {
        if (in.getStreamPosition() + count > in.length()) {
            throw new EOFException();
        }
        in.skipBytes(count);
    }

    private static int little(ImageInputStream in) throws IOException {
        return in.readUnsignedByte() | in.readUnsignedByte() << 8;
    }
}
