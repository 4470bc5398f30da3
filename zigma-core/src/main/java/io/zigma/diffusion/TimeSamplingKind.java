package io.zigma.diffusion;

import io.zigma.base.Setting;
import io.zigma.base.Settings;
import java.util.List;
import java.util.function.Function;

/**
 * A kind of {@link TimeSampling}.
 *
 * @param name as users write it
 * @param purpose for help, without a full stop
 * @param settings all its settings
 * @param of makes one from the values of the settings
 */
public record TimeSamplingKind(
        String name, String purpose, List<Setting> settings, Function<Settings, TimeSampling> of) {}
