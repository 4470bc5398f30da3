package io.zigma.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;

/** What several networks need. */
final class TextNetworks {

    private TextNetworks() {}

    /**
     * Returns 0 … L − 1.
     *
     * @param ids on whose device
     * @param length L
     * @return (L) as int64
     */
    static NDArray places(NDArray ids, long length) {
        return ids.getManager()
                .arange(0, Math.toIntExact(length), 1, DataType.INT64)
                .toDevice(ids.getDevice(), false);
    }
}
