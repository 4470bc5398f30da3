package io.zigma.train.encode;

import io.zigma.base.SampleShape;
import io.zigma.train.data.ImageDataset;
import java.io.IOException;
import java.util.List;

/**
 * Who encodes: this process, or others that it hands pictures to. The bytes are those of {@link
 * SampleEncoder} in either case.
 */
public interface EncodingWork {

    /** Encoded pictures, in their order. */
    @FunctionalInterface
    interface Members extends AutoCloseable {

        /**
         * Returns the next span, waiting until it is encoded.
         *
         * @return the members of a tar file that its pictures make, headers included
         * @throws IOException if a picture cannot be encoded; the message names it
         */
        byte[] next() throws IOException;

        /** Lets go of what is encoded ahead. */
        @Override
        default void close() {}
    }

    /**
     * Returns how many pictures a span has at most.
     *
     * @param pixels the size of a picture
     * @return a multiple of {@link SampleEncoder#BATCH}, so that the same pictures are in a batch
     *     whoever encodes it
     */
    int span(SampleShape pixels);

    /**
     * Begins to encode.
     *
     * @param data whose pictures
     * @param spans which of them, one span after the other
     * @return what they come to; as many as spans can be asked for
     */
    Members encode(ImageDataset data, List<Span> spans);

    /**
     * Encodes in this process, on the caller's thread.
     *
     * @param encoder who does it; stays the caller's
     * @return work in spans of one batch
     */
    static EncodingWork of(SampleEncoder encoder) {
        return new EncodingWork() {
            @Override
            public int span(SampleShape pixels) {
                return SampleEncoder.BATCH;
            }

            @Override
            public Members encode(ImageDataset data, List<Span> spans) {
                int[] next = {0};
                return () -> encoder.members(data, spans.get(next[0]++));
            }
        };
    }
}
