package io.zigma.train.data;

import io.zigma.io.ContentHash;
import io.zigma.media.FramedPicture;
import io.zigma.media.MediaException;
import io.zigma.media.PictureDecoder;
import io.zigma.media.PictureFormat;
import io.zigma.media.PictureSource;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/** Decodes every picture of a data set once, in parallel, or takes it from those stored before. */
final class PictureReading {

    /** A file up to this size is read once, for its hash and for its pixels. */
    private static final long WHOLE_BYTES = 1 << 26;

    private final PictureFormat format;
    private final int room;
    private final ReadingListener listener;
    private final PictureStore store;
    private int done;

    /**
     * Prepares the reading.
     *
     * @param options size, memory, listener
     * @param store pictures stored between runs
     */
    PictureReading(PictureFormat format, DatasetOptions options, PictureStore store) {
        this.format = format;
        this.room = (int) Math.min(Integer.MAX_VALUE, options.cacheBytes() / format.elements());
        this.listener = options.listener();
        this.store = store;
    }

    /**
     * What became of a file.
     *
     * @param decoded its bytes, if there is memory for them
     * @param sha256 of the file
     * @param pictures how many it holds
     * @param failure why it cannot be read, if so
     */
    record Attempt(
            byte @Nullable [] decoded, byte[] sha256, int pictures, @Nullable String failure) {

        static Attempt failed(String reason) {
            return new Attempt(null, new byte[0], 0, reason);
        }
    }

    /**
     * Reads all files and closes the store.
     *
     * @param warn takes a line if pictures cannot be stored for the next time
     * @return what comes of the files, in their order
     */
    List<Attempt> readAll(List<PictureTree.Leaf> files, Consumer<String> warn) {
        List<Attempt> attempts = readAll(files);
        try {
            store.close();
        } catch (IOException e) {
            warn.accept(
                    "shrunken pictures are not stored for the next time (%s)"
                            .formatted(e.getMessage()));
        }
        return attempts;
    }

    private List<Attempt> readAll(List<PictureTree.Leaf> files) {
        Attempt[] attempts = new Attempt[files.size()];
        IntStream.range(0, files.size())
                .parallel()
                .forEach(
                        i -> {
                            attempts[i] = attempt(files.get(i), i < room);
                            // null: memory did not suffice beside the others
                            if (attempts[i] != null) {
                                report(files.size());
                            }
                        });
        for (int i = 0; i < attempts.length; i++) {
            if (attempts[i] == null) {
                Attempt alone = attempt(files.get(i), i < room);
                attempts[i] =
                        alone == null ? Attempt.failed("needs more memory than there is") : alone;
                report(files.size());
            }
        }
        return List.of(attempts);
    }

    private synchronized void report(int total) {
        done++;
        listener.read(done, total);
    }

    private @Nullable Attempt attempt(PictureTree.Leaf file, boolean inMemory) {
        try {
            PictureStore.Stored stored = store.find(file);
            if (stored != null) {
                return new Attempt(
                        inMemory ? stored.pixels() : null,
                        stored.sha256(),
                        stored.pictures(),
                        null);
            }
            return decode(file, inMemory);
        } catch (MediaException e) {
            return e.getCause() instanceof OutOfMemoryError ? null : Attempt.failed(e.getMessage());
        } catch (IOException e) {
            return Attempt.failed("cannot be read (%s)".formatted(FolderTree.reason(e)));
        } catch (RuntimeException e) {
            return Attempt.failed("damaged (%s)".formatted(e));
        } catch (OutOfMemoryError e) {
            return null;
        }
    }

    private Attempt decode(PictureTree.Leaf file, boolean inMemory) throws IOException {
        PictureSource source = file.source();
        byte[] sha256;
        try (ImageInputStream in = source.open()) {
            if (in.length() <= WHOLE_BYTES) {
                byte[] whole = new byte[(int) in.length()];
                in.readFully(whole);
                source = PictureSource.of(whole);
                sha256 = ContentHash.of(whole);
            } else {
                sha256 = ContentHash.of(new ImageBytes(in));
            }
        } catch (EOFException e) {
            throw new IOException("it became shorter while it was read", e);
        }
        FramedPicture framed = PictureDecoder.frame(source, format);
        store.save(file, new PictureStore.Stored(framed.pixels(), sha256, framed.pictures()));
        return new Attempt(inMemory ? framed.pixels() : null, sha256, framed.pictures(), null);
    }
}
