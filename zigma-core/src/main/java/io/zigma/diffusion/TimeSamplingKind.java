package io.zigma.diffusion;

import com.google.gson.JsonElement;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.io.CheckpointException;
import io.zigma.io.Fields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A kind of {@link TimeSampling}.
 *
 * @param name as users write it
 * @param purpose for help, without a full stop
 * @param settings all its settings
 * @param of makes one from the values of the settings
 */
public record TimeSamplingKind(
        String name, String purpose, List<Setting> settings, Function<Settings, TimeSampling> of) {

    /**
     * Makes a distribution from what a user wrote.
     *
     * @param given values by name; what is left out has its standard value
     * @return the distribution
     * @throws IllegalArgumentException if a name is unknown or a value not allowed
     */
    public TimeSampling create(Map<String, String> given) {
        return of.apply(Settings.of(name + " times", settings, given));
    }

    /** Reads one of this kind. */
    TimeSampling read(Fields json) throws CheckpointException {
        json.only(
                Stream.concat(Stream.of(TimeSampling.NAME), settings.stream().map(Setting::name))
                        .toArray(String[]::new));
        Map<String, String> given = new LinkedHashMap<>();
        for (Setting setting : settings) {
            JsonElement value = json.json().get(setting.name());
            if (value != null) {
                given.put(
                        setting.name(),
                        value.isJsonPrimitive() ? value.getAsString() : value.toString());
            }
        }
        try {
            return create(given);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(e.getMessage(), e);
        }
    }
}
