package io.zigma.media;

import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import javax.imageio.stream.ImageInputStream;
import org.jcodec.codecs.h264.H264Decoder;
import org.jcodec.codecs.h264.io.model.Frame;
import org.jcodec.codecs.h264.io.model.SeqParameterSet;
import org.jcodec.common.logging.Logger;
import org.jcodec.common.model.ColorSpace;

/**
 * Clips in MP4 and QuickTime files (ISO/IEC 14496-12) whose video is H.264 of 8 bits, 4:2:0,
 * progressive, decoded by JCodec. Of several tracks the first one with video is taken.
 */
final class Mp4Clip implements ClipFormat {

    /** More frames than this never wait for one before them (H.264, A.3.1: 16 at most). */
    private static final int MOST_WAITING = 32;

    private static final int MACROBLOCK = 16;

    static {
        // without one of its own JCodec prints to standard output
        Logger.addSink(message -> {});
    }

    @Override
    public String name() {
        return "MP4";
    }

    @Override
    public List<String> endings() {
        return List.of("mp4", "m4v", "mov");
    }

    @Override
    public boolean recognises(byte[] head) {
        if (head.length < 8 || PictureKind.of(head).isPresent()) {
            return false;
        }
        String type = new String(head, 4, 4, StandardCharsets.ISO_8859_1);
        return switch (type) {
            case "ftyp", "moov", "mdat", "wide", "free", "skip" -> true;
            default -> false;
        };
    }

    @Override
    public void read(ImageInputStream in, ClipSink sink) throws IOException {
        decode(
                in,
                (frame, orientation, micros) ->
                        sink.take(ClipFrame.of(new Decoded(frame, orientation, null, 1), micros)));
    }

    /** Takes frames of video. */
    @FunctionalInterface
    interface VideoSink {
        /** Takes a frame; returns false if no more are needed. */
        boolean take(YuvSamples frame, int orientation, long micros) throws IOException;
    }

    /** Decodes the frames of a file in the order of showing. */
    static void decode(ImageInputStream in, VideoSink sink) throws IOException {
        Mp4Track track;
        try {
            track = Mp4Track.read(in);
        } catch (EOFException | BufferUnderflowException e) {
            throw new MediaException("damaged (it is cut off)", e);
        }
        for (int i = 0; i < track.count(); i++) {
            if (track.offset(i) + track.size(i) > in.length()) {
                throw new MediaException("damaged (it is cut off)");
            }
        }
        new Decoding(in, track, sink).run();
    }

    private static final class Decoding {

        private final ImageInputStream in;
        private final Mp4Track track;
        private final VideoSink sink;
        private final H264Decoder decoder = decoder();
        private final YuvColours colours;
        private final int codedWidth;
        private final int codedHeight;

        /** Decoded frames by their place in the order of showing, that wait for one before them. */
        private final TreeMap<Integer, YuvSamples> waiting = new TreeMap<>();

        private int shown;

        Decoding(ImageInputStream in, Mp4Track track, VideoSink sink) throws MediaException {
            this.in = in;
            this.track = track;
            this.sink = sink;
            AvcSettings settings = track.settings();
            if (settings.sequences().isEmpty()) {
                throw new MediaException("damaged (its video has no settings)");
            }
            SeqParameterSet sequence = AvcSettings.parsed(settings.sequences().get(0));
            requireDecodable(sequence);
            codedWidth = (sequence.picWidthInMbsMinus1 + 1) * MACROBLOCK;
            codedHeight = (sequence.picHeightInMapUnitsMinus1 + 1) * MACROBLOCK;
            PlatformReader.requireDecodable(
                    codedWidth, codedHeight, PlatformReader.MAX_WHOLE_PIXELS);
            colours = YuvColours.of(sequence, track.colours(), codedHeight);
            decoder.addSps(copies(settings.sequences()));
            decoder.addPps(copies(settings.pictures()));
        }

        private static List<ByteBuffer> copies(List<byte[]> units) {
            List<ByteBuffer> buffers = new ArrayList<>();
            for (byte[] unit : units) {
                // behind the byte that says what kind of unit it is
                buffers.add(ByteBuffer.wrap(Arrays.copyOfRange(unit, 1, unit.length)));
            }
            return buffers;
        }

        /** A decoder that starts no threads, which it would never stop. */
        private static H264Decoder decoder() {
            H264Decoder decoder = new H264Decoder();
            try {
                Field threaded = H264Decoder.class.getDeclaredField("threaded");
                threaded.setAccessible(true);
                threaded.setBoolean(decoder, false);
            } catch (ReflectiveOperationException | RuntimeException e) {
                // another version: its threads are daemons, and few files need them
                return decoder;
            }
            return decoder;
        }

        private static void requireDecodable(SeqParameterSet sequence) throws MediaException {
            if (sequence.bitDepthLumaMinus8 > 0 || sequence.bitDepthChromaMinus8 > 0) {
                throw refused("H.264 of more than 8 bits");
            }
            if (sequence.chromaFormatIdc != ColorSpace.YUV420J) {
                throw refused("H.264 whose colours are not 4:2:0");
            }
            if (!sequence.frameMbsOnlyFlag) {
                throw refused("interlaced H.264");
            }
        }

        void run() throws IOException {
            for (int i = 0; i < track.count(); i++) {
                waiting.put(track.place(i), decoded(i));
                while (waiting.containsKey(shown)) {
                    YuvSamples frame = waiting.remove(shown);
                    long micros = track.micros(shown);
                    shown++;
                    // of no length: before the beginning that the file names
                    if (micros > 0 && !sink.take(frame, track.orientation(), micros)) {
                        return;
                    }
                }
                if (waiting.size() > MOST_WAITING) {
                    throw new MediaException("damaged (its frames are not in order)");
                }
            }
        }

        private YuvSamples decoded(int number) throws IOException {
            byte[] bytes = new byte[track.size(number)];
            in.seek(track.offset(number));
            in.readFully(bytes);
            List<ByteBuffer> units = track.settings().units(bytes);
            byte[][] planes = {
                new byte[codedWidth * codedHeight],
                new byte[codedWidth * codedHeight / 4],
                new byte[codedWidth * codedHeight / 4]
            };
            Frame frame = decoder.decodeFrameFromNals(units, planes);
            if (frame == null) {
                throw new MediaException("damaged (its frame %s)".formatted(number + 1));
            }
            if (frame.getWidth() != codedWidth || frame.getHeight() != codedHeight) {
                throw refused("video whose size changes");
            }
            return new YuvSamples(frame, colours, track.width(), track.height());
        }
    }

    /** Says what cannot be decoded, and what to do. */
    static MediaException refused(String what) {
        return new MediaException(
                "%s cannot be decoded; convert it: ffmpeg -i FILE -c:v libx264 -pix_fmt yuv420p NEW.mp4"
                        .formatted(what));
    }
}
