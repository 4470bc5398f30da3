package io.zigma.train.data;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Pictures of one data set that were shrunken by an earlier run; used by many threads. */
interface PictureStore {

    /** Keeps nothing. */
    PictureStore NONE =
            new PictureStore() {
                @Override
                public @Nullable Kept find(PictureTree.Leaf file) {
                    return null;
                }

                @Override
                public void keep(PictureTree.Leaf file, Kept picture) {
                    // nothing to do
                }

                @Override
                public void close() {
                    // nothing to do
                }
            };

    /**
     * What is kept of a picture.
     *
     * @param pixels channels × height × width bytes; not copied
     * @param sha256 of its file
     * @param pictures how many its file holds
     */
    record Kept(byte[] pixels, byte[] sha256, int pictures) {}

    /** Returns what is kept of a file that has not changed since; null if there is nothing. */
    @Nullable Kept find(PictureTree.Leaf file);

    /** Keeps a picture for the next run. */
    void keep(PictureTree.Leaf file, Kept picture);

    /**
     * Writes what is new.
     *
     * @throws IOException if there is no place for it; nothing is lost but time
     */
    void close() throws IOException;
}
