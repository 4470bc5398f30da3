package io.zigma.base;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The values of the {@link Setting}s that a named choice declares; what was not given has its
 * default.
 */
public final class Settings {

    private final Map<String, String> values; // of all declared settings, in their order
    private final Map<String, String> given; // only those that differ from the default

    private Settings(Map<String, String> values, Map<String, String> given) {
        this.values = values;
        this.given = given;
    }

    /**
     * Checks values against what is declared.
     *
     * @param of whose settings they are, for error messages: "sampler heun"
     * @param declared all settings there are
     * @param given values by name; what is left out has its default
     * @return the values
     * @throws IllegalArgumentException if a name is unknown (the message lists all and proposes the
     *     nearest) or a value is not allowed (the message says what is)
     */
    public static Settings of(String of, List<Setting> declared, Map<String, String> given) {
        List<String> names = declared.stream().map(Setting::name).toList();
        for (String name : given.keySet()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(unknown(of, name, names));
            }
        }
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, String> changed = new LinkedHashMap<>();
        for (Setting setting : declared) {
            String value = setting.standard();
            if (given.containsKey(setting.name())) {
                try {
                    value = setting.read(given.get(setting.name()));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException("%s: %s".formatted(of, e.getMessage()), e);
                }
            }
            values.put(setting.name(), value);
            if (!value.equals(setting.standard())) {
                changed.put(setting.name(), value);
            }
        }
        return new Settings(values, changed);
    }

    /**
     * Splits what a user wrote.
     *
     * @param words {@code NAME=VALUE} each; a name that comes twice has its last value
     * @return values by name
     * @throws IllegalArgumentException if a word has no equals sign or no name
     */
    public static Map<String, String> split(List<String> words) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "an option is written NAME=VALUE, not '%s'".formatted(word));
            }
            given.put(word.substring(0, equals).strip(), word.substring(equals + 1).strip());
        }
        return given;
    }

    /**
     * Returns a number.
     *
     * @param setting one of those declared, a number
     * @return its value
     */
    public double number(Setting setting) {
        return Double.parseDouble(text(setting));
    }

    /**
     * Returns a whole number.
     *
     * @param setting one of those declared, a whole number
     * @return its value
     */
    public int whole(Setting setting) {
        return Integer.parseInt(text(setting));
    }

    /**
     * Returns whether something is on.
     *
     * @param setting one of those declared, a flag
     * @return true if it is
     */
    public boolean flag(Setting setting) {
        return Boolean.parseBoolean(text(setting));
    }

    /**
     * Returns a value as text.
     *
     * @param setting one of those declared
     * @return its canonical spelling
     * @throws IllegalArgumentException if the setting is not one of those declared
     */
    public String text(Setting setting) {
        String value = values.get(setting.name());
        if (value == null) {
            throw new IllegalArgumentException("no setting '%s' here".formatted(setting.name()));
        }
        return value;
    }

    /**
     * Returns the values that differ from the defaults.
     *
     * @return by name, in the order of declaration
     */
    public Map<String, String> given() {
        return new LinkedHashMap<>(given);
    }

    /**
     * Returns all values.
     *
     * @return by name, in the order of declaration
     */
    public Map<String, String> all() {
        return new LinkedHashMap<>(values);
    }

    /** Returns the values that differ from the defaults, as {@code NAME=VALUE NAME=VALUE}. */
    @Override
    public String toString() {
        return given.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
    }

    private static String unknown(String of, String name, List<String> names) {
        if (names.isEmpty()) {
            return "%s has no option '%s', nor any other".formatted(of, name);
        }
        String proposal =
                Registry.nearest(name, names)
                        .map(near -> " (did you mean '%s'?)".formatted(near))
                        .orElse("");
        return "%s has no option '%s'%s; choose from %s"
                .formatted(of, name, proposal, String.join(", ", names));
    }
}
