package io.zigma.diffusion;

import io.zigma.base.Named;

/** What number a network of a process with continuous time is given for a time. */
public enum NetworkTime implements Named {
    /** The time itself, 0 at the noise to 1 at the data (SiT, ZigMa). */
    PROGRESS("progress") {
        @Override
        double of(double t) {
            return t;
        }
    },
    /**
     * 999 at the noise to 0 at the data, like the steps of a discrete process: what score_sde gives
     * its networks of a VP-SDE (Song et al. 2021), and U-ViT's {@code ScoreModel} too.
     */
    SCORE_SDE("score-sde") {
        @Override
        double of(double t) {
            return LAST_STEP * (1 - t);
        }
    };

    private static final double LAST_STEP = 999;

    private final String label;

    NetworkTime(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }

    /**
     * Finds what a user named.
     *
     * @param name one of the labels, in any case
     * @return the network's time
     * @throws IllegalArgumentException if there is none of that name; the message lists all
     */
    public static NetworkTime parse(String name) {
        return Named.parse("network time", name, values());
    }

    /** Returns the number for a time from 0 (noise) to 1 (data). */
    abstract double of(double t);
}
