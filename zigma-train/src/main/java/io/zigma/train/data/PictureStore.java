package io.zigma.train.data;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Pictures of one data set that were shrunken by an earlier run; used by many threads. */
interface PictureStore {

    /** Stores nothing. */
    PictureStore NONE =
            new PictureStore() {
                @Override
                public @Nullable Stored find(PictureTree.Leaf file) {
                    return null;
                }

                @Override
                public void save(PictureTree.Leaf file, Stored picture) {
                    // nothing to do
                }

                @Override
                public void close() {
                    // nothing to do
                }
            };

    /**
     * What is stored of a picture.
     *
     * @param pixels channels × height × width bytes; not copied
     * @param sha256 of its file
     * @param pictures how many its file holds
     */
    record Stored(byte[] pixels, byte[] sha256, int pictures) {}

    /** Returns what is stored of a file that has not changed since; null if there is nothing. */
    @Nullable Stored find(PictureTree.Leaf file);

    /** Stores a picture for the next run. */
    void save(PictureTree.Leaf file, Stored picture);

    /**
     * Writes what is new.
     *
     * @throws IOException if there is no place for it; nothing is lost but time
     */
    void close() throws IOException;
}
