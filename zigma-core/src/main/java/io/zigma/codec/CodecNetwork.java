package io.zigma.codec;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import java.util.Map;

/** A codec's network before it is used: its parameters by name, and the codec over it. */
public interface CodecNetwork {

    /**
     * Returns the parameters.
     *
     * @return by the names of the tensors in the codec's folder, in a fixed order
     */
    Map<String, Parameter> namedParameters();

    /**
     * Gives the parameters their values.
     *
     * @param manager owns the values
     */
    void initialize(NDManager manager);

    /**
     * Returns the codec.
     *
     * @param manager owns the network's values and is closed with the codec
     * @return a codec over this network
     */
    SampleCodec codec(NDManager manager);
}
