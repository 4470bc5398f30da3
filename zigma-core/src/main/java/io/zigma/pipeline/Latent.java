package io.zigma.pipeline;

import io.zigma.base.SampleShape;

/** A sample as the model made it, undecoded. */
public final class Latent {

    private final SampleShape shape;
    private final float[] values;

    Latent(SampleShape shape, float[] values) {
        this.shape = shape;
        this.values = values;
    }

    /**
     * Returns the sample's size.
     *
     * @return (C, H, W) or (F, C, H, W)
     */
    public SampleShape shape() {
        return shape;
    }

    /**
     * Returns the sample's values.
     *
     * @return F·C·H·W numbers in an array of their own
     */
    public float[] values() {
        return values.clone();
    }
}
