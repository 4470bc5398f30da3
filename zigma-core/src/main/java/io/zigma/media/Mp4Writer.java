package io.zigma.media;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.stream.ImageInputStream;
import org.jcodec.codecs.h264.H264Encoder;
import org.jcodec.codecs.h264.H264Utils;
import org.jcodec.codecs.h264.encode.RateControl;
import org.jcodec.codecs.h264.io.model.SeqParameterSet;
import org.jcodec.codecs.h264.io.model.SliceType;
import org.jcodec.common.model.ColorSpace;
import org.jcodec.common.model.Picture;
import org.jcodec.common.model.Size;

/**
 * Videos as MP4 with H.264 (baseline profile, 4:2:0), encoded by JCodec, without sound. They have
 * losses, and end where they end: how often a video is shown is not in the file. The text is a
 * comment, where iTunes and others have it.
 */
public final class Mp4Writer extends VideoWriter {

    private static final int TICKS = 90_000;
    private static final int MACROBLOCK = 16;
    private static final int LARGEST_SIDE = 4096;

    /** Nothing is visible of these losses at any size; every 6 more halve the bits. */
    private static final int QUANTISER = 16;

    private static final int LARGEST_QUANTISER = 40;
    private static final int UNIT_KIND = 31;
    private static final int SEQUENCE = 7;
    private static final int PICTURE = 8;

    /** Makes the writer, which has no state. */
    public Mp4Writer() {
        super("MP4", ".mp4");
    }

    /**
     * Writes a whole file.
     *
     * @throws IllegalArgumentException if a frame is higher or wider than 4096 pixels
     */
    @Override
    public void write(OutputStream out, MediaContent content) throws IOException {
        BufferedImage first = content.frames().get(0);
        int width = first.getWidth();
        int height = first.getHeight();
        if (Math.max(width, height) > LARGEST_SIDE) {
            throw new IllegalArgumentException(
                    "an MP4 has at most %s pixels a side here, not %s×%s"
                            .formatted(LARGEST_SIDE, width, height));
        }
        int[] ticks = content.ticks(TICKS, Integer.MAX_VALUE / content.frames().size(), name());
        Stream stream = null;
        for (int quantiser = QUANTISER; stream == null; quantiser += 4) {
            try {
                stream = new Stream(content.frames(), quantiser);
            } catch (BufferOverflowException e) {
                // JCodec has a byte a pixel for a frame, which noise needs more than
                if (quantiser >= LARGEST_QUANTISER) {
                    throw e;
                }
            }
        }
        Mp4Index index =
                new Mp4Index(
                        width,
                        height,
                        TICKS,
                        ticks,
                        stream.frames.stream().map(frame -> frame.length).toList(),
                        stream.keys,
                        stream.sequence,
                        stream.picture,
                        content.text().isEmpty()
                                ? new byte[0]
                                : CommentLines.bytes(content.text()));
        out.write(index.bytes());
        for (byte[] frame : stream.frames) {
            out.write(frame);
        }
    }

    /** Encoded frames, each with the lengths of its units before them. */
    private static final class Stream {

        private final List<byte[]> frames = new ArrayList<>();
        private final List<Integer> keys = new ArrayList<>();
        private byte[] sequence = new byte[0];
        private byte[] picture = new byte[0];

        Stream(List<BufferedImage> images, int quantiser) {
            int width = images.get(0).getWidth();
            int height = images.get(0).getHeight();
            H264Encoder encoder = new H264Encoder(constant(quantiser));
            for (int i = 0; i < images.size(); i++) {
                Picture coded = coded(images.get(i));
                // the parameter sets and the frame
                ByteBuffer room =
                        ByteBuffer.allocate(1024 + 2 * coded.getWidth() * coded.getHeight());
                ByteBuffer data = encoder.encodeFrame(coded, room).getData();
                add(H264Utils.splitFrame(data), i, width, height);
            }
        }

        private void add(List<ByteBuffer> units, int number, int width, int height) {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            for (ByteBuffer unit : units) {
                byte[] bytes = new byte[unit.remaining()];
                unit.get(bytes);
                switch (bytes[0] & UNIT_KIND) {
                    case SEQUENCE -> {
                        sequence = cropped(bytes, width, height);
                        keys.add(number + 1);
                    }
                    case PICTURE -> picture = bytes;
                    default -> {
                        frame.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
                        frame.writeBytes(bytes);
                    }
                }
            }
            frames.add(frame.toByteArray());
        }

        /** Has the decoder leave out what was added to whole blocks, up to an odd pixel. */
        private static byte[] cropped(byte[] unit, int width, int height) {
            SeqParameterSet set = AvcSettings.parsed(unit);
            int right = (whole(width) - width) / 2;
            int bottom = (whole(height) - height) / 2;
            set.frameCroppingFlag = right > 0 || bottom > 0;
            set.frameCropRightOffset = right;
            set.frameCropBottomOffset = bottom;
            ByteBuffer plain = ByteBuffer.allocate(256);
            set.write(plain);
            plain.flip();
            ByteBuffer escaped = ByteBuffer.allocate(512);
            escaped.put(unit[0]);
            H264Utils.escapeNAL(plain, escaped);
            escaped.flip();
            byte[] result = new byte[escaped.remaining()];
            escaped.get(result);
            return result;
        }
    }

    private static RateControl constant(int quantiser) {
        return new RateControl() {
            @Override
            public int startPicture(Size size, int most, SliceType type) {
                return quantiser;
            }

            @Override
            public int initialQpDelta() {
                return 0;
            }

            @Override
            public int accept(int bits) {
                return 0;
            }
        };
    }

    private static int whole(int side) {
        return (side + MACROBLOCK - 1) / MACROBLOCK * MACROBLOCK;
    }

    /** Converts a frame to brightness and colour differences; edges go on to whole blocks. */
    private static Picture coded(BufferedImage image) {
        int[] rgb = RgbFrames.pixels(image);
        int width = image.getWidth();
        int height = image.getHeight();
        Picture coded = Picture.create(whole(width), whole(height), ColorSpace.YUV420J);
        byte[] brightness = coded.getPlaneData(0);
        int columns = coded.getWidth();
        double[] yuv = new double[3];
        double[][] sums = new double[2][columns * coded.getHeight() / 4];
        for (int y = 0; y < coded.getHeight(); y++) {
            for (int x = 0; x < columns; x++) {
                int pixel = rgb[Math.min(y, height - 1) * width + Math.min(x, width - 1)];
                YuvColours.BT_601.fromRgb(pixel, yuv);
                brightness[y * columns + x] = level(yuv[0]);
                int at = y / 2 * (columns / 2) + x / 2;
                sums[0][at] += yuv[1] / 4;
                sums[1][at] += yuv[2] / 4;
            }
        }
        for (int plane = 1; plane < 3; plane++) {
            byte[] levels = coded.getPlaneData(plane);
            for (int i = 0; i < levels.length; i++) {
                levels[i] = level(sums[plane - 1][i]);
            }
        }
        return coded;
    }

    /** JCodec's levels go from −128 to 127. */
    private static byte level(double value) {
        return (byte) (Math.round(Math.max(0, Math.min(255, value))) - 128);
    }

    /**
     * Reads the text of an MP4 file as this class writes it.
     *
     * @param file an existing MP4 file
     * @return keywords and text in file order; empty if there is none
     * @throws IOException if the file cannot be read or is no MP4 file
     */
    public static Map<String, String> readText(Path file) throws IOException {
        try (ImageInputStream in = new ChannelInput(FileChannel.open(file))) {
            Map<String, String> text = new LinkedHashMap<>();
            CommentLines.read(Mp4Track.comment(in), text);
            return Collections.unmodifiableMap(text);
        }
    }
}
