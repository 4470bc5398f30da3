package io.zigma.pipeline;

import io.zigma.condition.InvalidRequestException;
import io.zigma.io.ContentHash;
import io.zigma.media.ClipSampling;
import io.zigma.media.ClipSampling.ShortClip;
import io.zigma.media.ClipSource;
import io.zigma.media.ClipWindows;
import io.zigma.media.MediaException;
import io.zigma.media.Picture;
import io.zigma.media.PictureFormat;
import io.zigma.media.PictureSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A clip that videos go on from: a file of any kind that training reads, a picture being a clip of
 * one frame. Its frames are resized and cropped as training clips are, and taken at the rate of
 * those, or at another. Recipes name it by the SHA-256 of its bytes.
 */
public final class SourceClip {

    /** Larger files are no clips that a person means to go on from. */
    private static final long MOST_BYTES = 1L << 28;

    /** Of all frames together, in the model's size. */
    private static final long MOST_LEVELS = 1L << 30;

    private final String name;
    private final byte[] bytes;
    private final String hash;
    private final @Nullable Frames taken;
    private final Most most;
    private @Nullable Decoded decoded;

    private SourceClip(String name, byte[] bytes, String hash, @Nullable Frames taken, Most most) {
        this.name = name;
        this.bytes = bytes;
        this.hash = hash;
        this.taken = taken;
        this.most = most;
    }

    /**
     * Which frames of a file are taken.
     *
     * @param fps frames a second to take, whatever the file's rate; 0 for the file's own
     * @param stride of the file's own frames every so many; 1 with a rate
     */
    record Frames(double fps, int stride) {

        /** Every frame of the file. */
        static final Frames OWN = new Frames(0, 1);

        static Frames of(ClipSampling sampling) {
            return new Frames(sampling.fps(), sampling.stride());
        }

        private ClipSampling one() {
            return new ClipSampling(1, fps, stride, ShortClip.LEAVE_OUT);
        }
    }

    /**
     * How much is decoded.
     *
     * @param pixels of all frames of the file together
     * @param frames that are taken
     */
    private record Most(long pixels, int frames) {
        static final Most OF_A_USER = new Most(Long.MAX_VALUE, Extension.MOST_FRAMES);

        /** So many pixels take a worker half a minute. */
        static final Most OF_A_STRANGER = new Most(500_000_000, 1024);
    }

    /** What was decoded last. */
    private record Decoded(PictureFormat format, Frames taken, List<byte[]> frames) {}

    /**
     * Reads a file; it is decoded later.
     *
     * @param file a clip or picture of any kind that training reads, at most 256 MiB
     * @return its bytes
     * @throws IOException if it cannot be read or is larger
     */
    public static SourceClip read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    Files.exists(file)
                            ? file + " is no file; name a clip"
                            : file + " does not exist; name a clip");
        }
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException(
                    "%s is larger than %s MiB; give its last seconds only"
                            .formatted(file, MOST_BYTES >> 20));
        }
        return of(file.toString(), Files.readAllBytes(file));
    }

    /**
     * Wraps a file in memory.
     *
     * @param name what refusals call it
     * @param bytes a clip or picture file of any kind that training reads; not copied
     * @return the clip
     */
    public static SourceClip of(String name, byte[] bytes) {
        return new SourceClip(
                name, bytes, HexFormat.of().formatHex(ContentHash.of(bytes)), null, Most.OF_A_USER);
    }

    /**
     * Returns the same clip, read at a rate.
     *
     * @param fps frames a second to take; 0 for every frame of the file
     * @return a clip
     * @throws InvalidRequestException if it is no rate
     */
    public SourceClip at(double fps) {
        return taking(fps, 1);
    }

    /** Returns the same clip, of which a rate or every so many frames are taken. */
    SourceClip taking(double fps, int stride) {
        Frames frames = new Frames(fps, stride);
        try {
            frames.one();
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(e.getMessage(), e);
        }
        return new SourceClip(name, bytes, hash, frames, most);
    }

    /** Returns the same clip, of which less is decoded, since whoever sent it is not known. */
    SourceClip ofAStranger() {
        return new SourceClip(name, bytes, hash, taken, Most.OF_A_STRANGER);
    }

    /**
     * Returns what refusals call it.
     *
     * @return a file's path, or a name
     */
    public String name() {
        return name;
    }

    /**
     * Returns the hash that recipes name it by.
     *
     * @return SHA-256 of the file as 64 lower-case hexadecimal digits
     */
    public String sha256() {
        return hash;
    }

    /** Returns which frames are taken, where it was said. */
    Optional<Frames> taken() {
        return Optional.ofNullable(taken);
    }

    /**
     * Decodes and resizes it.
     *
     * @param format the size of the result
     * @param which of the file's frames
     * @return at least one frame of channels × height × width bytes, 0 black to 255 white
     * @throws InvalidRequestException if it is damaged, no clip, or too long
     */
    synchronized List<byte[]> frames(PictureFormat format, Frames which) {
        if (decoded == null || !decoded.format().equals(format) || !decoded.taken().equals(which)) {
            try {
                decoded = new Decoded(format, which, decode(format, which));
            } catch (IOException e) {
                throw new InvalidRequestException("%s: %s".formatted(name, e.getMessage()), e);
            }
        }
        return decoded.frames();
    }

    private List<byte[]> decode(PictureFormat format, Frames which) throws IOException {
        List<byte[]> frames = new ArrayList<>();
        ClipSource file = ClipSource.file(PictureSource.of(bytes));
        long[] pixels = new long[1];
        ClipWindows.read(
                sink ->
                        file.read(
                                frame -> {
                                    Picture shown = frame.picture(format.channels());
                                    pixels[0] += (long) shown.width() * shown.height();
                                    if (pixels[0] > most.pixels()) {
                                        throw new MediaException(
                                                "more than %s million pixels in all its frames; send a shorter or smaller clip"
                                                        .formatted(most.pixels() / 1_000_000));
                                    }
                                    return sink.take(frame);
                                }),
                format,
                which.one(),
                (number, levels) -> {
                    frames.add(levels);
                    return frames.size() <= most.frames()
                            && (long) frames.size() * levels.length <= MOST_LEVELS;
                });
        if (frames.size() > most.frames()
                || (long) frames.size() * format.elements() > MOST_LEVELS) {
            throw new MediaException(
                    "longer than %s frames of the model's size; give its last seconds only"
                            .formatted(frames.size() - 1));
        }
        return List.copyOf(frames);
    }
}
