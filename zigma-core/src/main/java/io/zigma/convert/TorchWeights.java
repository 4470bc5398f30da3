package io.zigma.convert;

import io.zigma.base.Named;

/** Which of a training checkpoint's two sets of weights. */
public enum TorchWeights implements Named {
    /** The moving average over the training steps, which samples better; what is published. */
    EMA("ema", "ema"),
    /** The weights of the last step. */
    RAW("raw", "model");

    private final String label;
    private final String key;

    TorchWeights(String label, String key) {
        this.label = label;
        this.key = key;
    }

    @Override
    public String label() {
        return label;
    }

    /** Under which name the official training program saves them. */
    String key() {
        return key;
    }
}
