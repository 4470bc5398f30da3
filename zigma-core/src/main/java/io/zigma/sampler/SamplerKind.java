package io.zigma.sampler;

import io.zigma.base.Setting;
import io.zigma.base.Settings;
import java.util.List;

/**
 * A kind of {@link Sampler}: its name, its settings, and its factory. A new sampler is a file of
 * its own and a line in {@link Samplers}.
 */
public interface SamplerKind {

    /**
     * Returns the name that users write.
     *
     * @return lower case
     */
    String name();

    /**
     * Describes the sampler in one line, for help.
     *
     * @return without a full stop
     */
    String purpose();

    /**
     * Returns all settings beside the number of steps.
     *
     * @return in the order of help
     */
    List<Setting> settings();

    /**
     * Makes a sampler.
     *
     * @param steps from noise to data
     * @param values of {@link #settings}
     * @return the sampler
     * @throws IllegalArgumentException if there are too few steps or the values do not fit together
     */
    Sampler create(int steps, Settings values);
}
