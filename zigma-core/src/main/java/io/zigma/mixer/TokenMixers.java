package io.zigma.mixer;

import io.zigma.base.Registry;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.nn.MixerSpec;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * All token mixers by name, and how one is spelled: its name, and after a colon the settings that
 * differ from its defaults, {@code vmamba:states=1,gate=false}.
 */
public final class TokenMixers {

    /** The registry; a new mixer is a file and a line here, or a call from another program. */
    public static final Registry<MixerKind> REGISTRY =
            new Registry<>("mixer", MixerKind::name)
                    .register(MambaKind.INSTANCE)
                    .register(VMamba.KIND)
                    .register(CcVim.KIND)
                    .register(LocalClusters.KIND)
                    .register(ContextClusters.KIND)
                    .register(ContextClusterBlocks.KIND);

    private TokenMixers() {}

    /**
     * Reads a spelling.
     *
     * @param text such as {@code vmamba} or {@code vmamba:states=1,gate=false}
     * @return the mixer
     * @throws IllegalArgumentException if there is none of that name or no such setting, or a value
     *     is not allowed; the message says what is
     */
    public static MixerSpec parse(String text) {
        int colon = text.indexOf(':');
        MixerKind kind = REGISTRY.get((colon < 0 ? text : text.substring(0, colon)).strip());
        String rest = colon < 0 ? "" : text.substring(colon + 1).strip();
        return kind.create(rest.isEmpty() ? Map.of() : Settings.split(List.of(rest.split(","))));
    }

    /**
     * Returns a mixer's one spelling.
     *
     * @param mixer one of the registry's
     * @return its name, with the settings that differ from their defaults
     */
    public static String spelling(MixerSpec mixer) {
        Map<String, String> values = mixer.settings();
        String changed =
                REGISTRY.get(mixer.name()).settings().stream()
                        .filter(setting -> !setting.standard().equals(value(setting, values)))
                        .map(setting -> setting.name() + "=" + value(setting, values))
                        .collect(Collectors.joining(","));
        return changed.isEmpty() ? mixer.name() : mixer.name() + ":" + changed;
    }

    private static String value(Setting setting, Map<String, String> values) {
        return values.getOrDefault(setting.name(), setting.standard());
    }
}
