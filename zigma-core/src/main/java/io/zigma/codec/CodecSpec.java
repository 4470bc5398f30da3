package io.zigma.codec;

import com.google.gson.JsonObject;
import io.zigma.base.SampleShape;
import java.util.Map;

/** The shape of a codec that has weights: what its folder's {@code config.json} says. */
public interface CodecSpec {

    /**
     * Returns the codec's kind.
     *
     * @return its name in the registry and in {@code config.json}
     */
    String kind();

    /**
     * Returns what determines the network and its scale, as {@link CodecKind#read} reads it.
     *
     * @return the fields of {@code config.json}
     */
    JsonObject json();

    /**
     * Describes the codec for readers.
     *
     * @return facts by title, in the order of a report
     */
    Map<String, String> facts();

    /**
     * Returns the shape that pixels are encoded to.
     *
     * @param pixels the size of pictures or videos
     * @return the size of their samples
     * @throws IllegalArgumentException if pictures of that size cannot be encoded
     */
    SampleShape sampleOf(SampleShape pixels);

    /**
     * Returns the shape that samples are decoded to.
     *
     * @param sample the size of a sample
     * @return the size of its pixels
     * @throws IllegalArgumentException if samples of that size cannot be decoded
     */
    SampleShape pixelsOf(SampleShape sample);

    /**
     * Makes the network without values.
     *
     * @return a network whose parameters have the names of the folder's tensors
     */
    CodecNetwork network();
}
