package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import io.zigma.base.Named;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionCoefficient;

/** How an SDE ends: one step without noise, so that none is left in the sample. */
public enum LastStep implements Named {
    /** None: the last noise stays in the sample. */
    NONE("none") {
        @Override
        NDArray take(Denoised seen, DiffusionCoefficient diffusion, NDArray x, double size) {
            return x;
        }
    },
    /** Along the SDE's drift. */
    MEAN("mean") {
        @Override
        NDArray take(Denoised seen, DiffusionCoefficient diffusion, NDArray x, double size) {
            return x.add(Flow.drift(seen, diffusion).mul(size));
        }
    },
    /** To the data that the model predicts (Tweedie's formula). */
    TWEEDIE("tweedie") {
        @Override
        NDArray take(Denoised seen, DiffusionCoefficient diffusion, NDArray x, double size) {
            return seen.data();
        }
    },
    /** Along the ODE's velocity. */
    EULER("euler") {
        @Override
        NDArray take(Denoised seen, DiffusionCoefficient diffusion, NDArray x, double size) {
            return x.add(seen.velocity().mul(size));
        }
    };

    private final String label;

    LastStep(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }

    /**
     * Finds the last step that a user named.
     *
     * @param name one of the labels, in any case
     * @return the last step
     * @throws IllegalArgumentException if there is none of that name; the message lists all
     */
    public static LastStep parse(String name) {
        return Named.parse("last step", name, values());
    }

    /** Returns x after a step of that size; intermediate arrays stay on x's manager. */
    abstract NDArray take(Denoised seen, DiffusionCoefficient diffusion, NDArray x, double size);
}
