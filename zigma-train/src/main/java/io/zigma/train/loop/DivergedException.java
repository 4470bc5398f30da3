package io.zigma.train.loop;

import java.io.IOException;
import java.util.Locale;

/** Loss or gradients stopped being numbers; the weights are those of the step before. */
public final class DivergedException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param step the step that could not be taken, from 1
     * @param rate its learning rate
     * @param loss its loss
     * @param gradientNorm L2 norm of all its gradients
     */
    public DivergedException(long step, double rate, double loss, double gradientNorm) {
        super(
                String.format(
                        Locale.ROOT,
                        "step %d was not taken: loss %s, gradient norm %s at learning rate %s;"
                                + " start again with a lower rate or a longer warm-up",
                        step,
                        loss,
                        gradientNorm,
                        rate));
    }
}
