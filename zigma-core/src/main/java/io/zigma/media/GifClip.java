package io.zigma.media;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Clips in GIF files (GIF89a specification), drawn as browsers do: the background is clear,
 * whatever colour the file names for it.
 */
final class GifClip implements ClipFormat {

    private static final int HEADER_BYTES = 6;
    private static final int EXTENSION = 0x21;
    private static final int IMAGE = 0x2c;
    private static final int TRAILER = 0x3b;
    private static final int GRAPHIC_CONTROL = 0xf9;
    private static final int MICROS_A_TICK = 10_000;

    /** Section 23: what becomes of a frame's rectangle before the next one is drawn. */
    private static final int TO_BACKGROUND = 2;

    private static final int TO_PREVIOUS = 3;

    /** An early reading of the specification, "the third bit"; browsers take it for 3. */
    private static final int TO_PREVIOUS_BY_BIT = 4;

    @Override
    public String name() {
        return "GIF";
    }

    @Override
    public List<String> endings() {
        return List.of("gif");
    }

    @Override
    public boolean recognises(byte[] head) {
        return PictureKind.of(head).filter(PictureKind.GIF::equals).isPresent();
    }

    /**
     * A Graphic Control Extension.
     *
     * @param disposal 0 to 7, of which 4 to 7 are not in the specification
     * @param ticks hundredths of a second
     * @param clear index of the clear colour, −1 for none
     */
    private record Control(int disposal, int ticks, int clear) {
        static final Control NONE = new Control(0, 0, -1);

        boolean toPrevious() {
            return disposal == TO_PREVIOUS || disposal == TO_PREVIOUS_BY_BIT;
        }
    }

    @Override
    public void read(ImageInputStream in, ClipSink sink) throws IOException {
        try {
            new Reading(in, sink).read();
        } catch (EOFException e) {
            throw new MediaException("damaged (it is cut off)", e);
        }
    }

    private static final class Reading {

        private final ImageInputStream in;
        private final ClipSink sink;
        private int width;
        private int height;
        private int @Nullable [] palette;
        private @Nullable Canvas canvas;
        private Control control = Control.NONE;
        private int frames;

        Reading(ImageInputStream in, ClipSink sink) {
            this.in = in;
            this.sink = sink;
        }

        void read() throws IOException {
            in.seek(HEADER_BYTES);
            width = little();
            height = little();
            int flags = in.readUnsignedByte();
            in.readUnsignedByte(); // background
            in.readUnsignedByte(); // aspect ratio
            palette = table(flags);
            // a file whose trailer is missing is whole otherwise
            for (int block = in.read(); block >= 0 && block != TRAILER; block = in.read()) {
                if (block == EXTENSION) {
                    extension();
                } else if (block == IMAGE) {
                    if (!frame()) {
                        return;
                    }
                } else if (block != 0 || frames == 0) {
                    throw new MediaException(
                            "damaged (a block of unknown kind %s)".formatted(block));
                }
            }
            if (frames == 0) {
                throw new MediaException("damaged (it has no picture)");
            }
            if (control != Control.NONE) {
                throw new MediaException("damaged (it is cut off)");
            }
        }

        private void extension() throws IOException {
            int label = in.readUnsignedByte();
            int size = in.readUnsignedByte();
            if (label == GRAPHIC_CONTROL && size >= 4) {
                int flags = in.readUnsignedByte();
                int ticks = little();
                int clear = in.readUnsignedByte();
                control = new Control(flags >> 2 & 7, ticks, (flags & 1) == 1 ? clear : -1);
                skip(size - 4);
                size = in.readUnsignedByte();
            }
            for (; size > 0; size = in.readUnsignedByte()) {
                skip(size);
            }
        }

        private boolean frame() throws IOException {
            int left = little();
            int top = little();
            int columns = little();
            int rows = little();
            int flags = in.readUnsignedByte();
            int[] own = table(flags);
            int[] colours = own == null ? palette : own;
            if (colours == null) {
                throw new MediaException("damaged (a frame without colours)");
            }
            PlatformReader.requireDecodable(columns, rows, PlatformReader.MAX_WHOLE_PIXELS);
            Canvas screen = canvas(left + columns, top + rows);
            byte[] indices = new GifIndices(in).read(columns * rows);
            Canvas.Area area = new Canvas.Area(left, top, columns, rows);
            int[] before = control.toPrevious() ? screen.copy() : null;
            screen.over(argb(indices, colours, area, (flags & 0x40) != 0), area);
            frames++;
            boolean more =
                    sink.take(
                            ClipFrame.of(
                                    new Decoded(screen, Decoded.UPRIGHT, null, 1),
                                    FrameDelay.shown((long) control.ticks() * MICROS_A_TICK)));
            if (before != null) {
                screen.restore(before);
            } else if (control.disposal() == TO_BACKGROUND) {
                screen.clear(area);
            }
            control = Control.NONE;
            return more;
        }

        /** The screen is as large as the file says, or as the first frame where that is larger. */
        private Canvas canvas(int right, int bottom) throws MediaException {
            Canvas there = canvas;
            if (there == null) {
                int columns = Math.max(width, right);
                int rows = Math.max(height, bottom);
                PlatformReader.requireDecodable(columns, rows, PlatformReader.MAX_WHOLE_PIXELS);
                there = new Canvas(columns, rows);
                canvas = there;
            }
            return there;
        }

        private int[] argb(byte[] indices, int[] colours, Canvas.Area area, boolean interlaced)
                throws MediaException {
            int[] argb = new int[indices.length];
            int stored = 0;
            int[][] passes = interlaced ? GifIndices.PASSES : GifIndices.STRAIGHT;
            for (int[] pass : passes) {
                for (int y = pass[0]; y < area.height(); y += pass[1], stored++) {
                    for (int x = 0; x < area.width(); x++) {
                        int index = indices[stored * area.width() + x] & 0xff;
                        if (index != control.clear()) {
                            // beyond the table nothing is defined; programs show black
                            argb[y * area.width() + x] =
                                    index < colours.length ? colours[index] : 0xff000000;
                        }
                    }
                }
            }
            return argb;
        }

        private int @Nullable [] table(int flags) throws IOException {
            if ((flags & 0x80) == 0) {
                return null;
            }
            byte[] bytes = new byte[3 << (flags & 7) + 1];
            in.readFully(bytes);
            int[] colours = new int[bytes.length / 3];
            Arrays.setAll(
                    colours,
                    i ->
                            0xff000000
                                    | (bytes[3 * i] & 0xff) << 16
                                    | (bytes[3 * i + 1] & 0xff) << 8
                                    | bytes[3 * i + 2] & 0xff);
            return colours;
        }

        private void skip(int count) throws IOException {
            in.readFully(new byte[count]);
        }

        private int little() throws IOException {
            return in.readUnsignedByte() | in.readUnsignedByte() << 8;
        }
    }
}
