package io.zigma.diffusion;

import io.zigma.base.Named;

/** What training a DDPM network minimises. */
public enum DdpmLoss implements Named {
    /**
     * The squared error of the network's mean prediction (L_simple, Ho et al. 2020, equation 14),
     * and where the variance is learned, the variational bound with the mean detached.
     */
    MSE("mse"),
    /**
     * The same with the weight of the bound of Nichol and Dhariwal 2021 (L_hybrid, equation 16:
     * 0.001 of the sum over all steps).
     */
    RESCALED_MSE("rescaled-mse"),
    /** One term of the variational bound, in bits a dimension (L_t of L_vlb). */
    KL("kl"),
    /** The same times T, an estimate of the whole bound. */
    RESCALED_KL("rescaled-kl");

    private final String label;

    DdpmLoss(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }

    /**
     * Finds the loss that a user named.
     *
     * @param name one of the labels, in any case
     * @return the loss
     * @throws IllegalArgumentException if there is none of that name; the message lists all
     */
    public static DdpmLoss parse(String name) {
        return Named.parse("loss", name, values());
    }

    /** Whether it is the variational bound alone. */
    boolean isBound() {
        return this == KL || this == RESCALED_KL;
    }
}
