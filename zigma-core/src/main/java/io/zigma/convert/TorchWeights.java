package io.zigma.convert;

import io.zigma.base.Named;

/** Which of a training checkpoint's two sets of weights. */
public enum TorchWeights implements Named {
    /**
     * The exponential moving average (EMA) over the training steps, which samples better and is
     * what is published.
     */
    EMA("ema"),
    /** The weights of the last step. */
    RAW("raw");

    private final String label;

    TorchWeights(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }
}
