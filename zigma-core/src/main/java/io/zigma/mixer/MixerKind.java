package io.zigma.mixer;

import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.nn.MixerSpec;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One token mixer in the registry.
 *
 * @param name in {@code config.json} and on the command line, lower case
 * @param description a line with its source, for help
 * @param settings what users choose, {@link MixerSpec#settings} has a value for each
 * @param maker makes a mixer of values of the settings
 */
public record MixerKind(
        String name,
        String description,
        List<Setting> settings,
        Function<Settings, MixerSpec> maker) {

    /** Copies the settings. */
    public MixerKind {
        settings = List.copyOf(settings);
    }

    /**
     * Makes a mixer.
     *
     * @param given values by the names of their settings; what is left out has its default
     * @return the mixer
     * @throws IllegalArgumentException if a name is unknown, a value is not allowed, or the values
     *     do not fit together; the message says what to change
     */
    public MixerSpec create(Map<String, String> given) {
        return maker.apply(Settings.of("mixer " + name, settings, given));
    }
}
