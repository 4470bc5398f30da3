package io.zigma.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The names of wrapping modules go, wherever they are. */
class StateDictNamesTest {

    private static final List<String> STEPS = List.of("blocks", "11", "mixer", "in_proj", "weight");

    @Property(tries = 200)
    void wrappersAreRemovedInAnyNestingAndPosition(@ForAll("wrappers") List<List<String>> before) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < STEPS.size(); i++) {
            before.get(i).forEach(wrapper -> name.append(wrapper).append('.'));
            name.append(STEPS.get(i)).append(i + 1 < STEPS.size() ? "." : "");
        }
        assertThat(StateDictNames.unwrapped(name.toString()))
                .isEqualTo("blocks.11.mixer.in_proj.weight");
    }

    @Provide
    Arbitrary<List<List<String>>> wrappers() {
        return Arbitraries.of(
                        "module",
                        "_orig_mod",
                        "_fsdp_wrapped_module",
                        "_checkpoint_wrapped_module",
                        "_forward_module")
                .list()
                .ofMaxSize(3)
                .list()
                .ofSize(STEPS.size());
    }

    @Test
    void whatOnlyContainsAWrappersNameStays() {
        assertThat(StateDictNames.unwrapped("submodule.modules.module_list.weight"))
                .isEqualTo("submodule.modules.module_list.weight");
        assertThat(StateDictNames.unwrapped("module")).isEqualTo("module");
    }

    @Test
    void ofNamesThatBecomeTheSameNoneIsLost() {
        Map<String, Integer> both = new LinkedHashMap<>();
        both.put("module.w", 1);
        both.put("w", 2);
        both.put("_orig_mod.w", 3);
        assertThat(StateDictNames.unwrapped(both))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("module.w", 1, "w", 2, "_orig_mod.w", 3));
        both.remove("w");
        assertThat(StateDictNames.unwrapped(both))
                .containsExactlyInAnyOrderEntriesOf(Map.of("w", 1, "_orig_mod.w", 3));
    }
}
