package io.zigma.media;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.stream.ImageInputStream;

/** The bytes of one picture file: in a folder, in an archive or in memory. */
@FunctionalInterface
public interface PictureSource {

    /**
     * Opens the bytes from the first one on.
     *
     * @return a stream with random access; the caller closes it
     * @throws IOException if they cannot be opened
     */
    ImageInputStream open() throws IOException;

    /**
     * Returns the bytes of a file, read piece by piece.
     *
     * @param file any file; its name may be one that the platform's charset lacks
     * @return the file as a source
     */
    static PictureSource of(Path file) {
        return () -> {
            if (!Files.isRegularFile(file)) {
                throw new MediaException(
                        Files.exists(file) ? "not a file" : "the file is not there");
            }
            return new ChannelInput(FileChannel.open(file));
        };
    }

    /**
     * Wraps bytes in memory.
     *
     * @param bytes a whole file, not copied
     * @return the bytes as a source
     */
    static PictureSource of(byte[] bytes) {
        return () -> new MemoryInput(bytes);
    }
}
