package io.zigma.backbone.adm;

import io.zigma.base.Named;

/** How the network goes from one resolution to the next. */
public enum Resampling implements Named {
    /**
     * A residual block halves or doubles its picture (BigGAN's; official {@code resblock_updown}).
     */
    RESIDUAL("residual"),
    /** A convolution at every second pixel, and one of the doubled picture (DDPM's). */
    CONVOLUTION("convolution"),
    /** The mean of 2 × 2 pixels, and each pixel four times (official {@code conv_resample} off). */
    PLAIN("plain");

    private final String label;

    Resampling(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }
}
