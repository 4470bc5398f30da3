package io.zigma.condition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ImageNetTest {

    @Test
    void everyClassIsFoundByItsNameInAnyCase() {
        assertThat(ImageNet.CLASSES).hasSize(1000);
        for (int i = 0; i < 1000; i++) {
            String name = ImageNet.CLASSES.get(i);
            assertThat(ClassNames.find(name, ImageNet.CLASSES)).hasValue(i);
            assertThat(ClassNames.find(name.toLowerCase(Locale.ROOT), ImageNet.CLASSES))
                    .as(name)
                    .hasValue(i);
        }
    }

    @Test
    void theyAreInTheOrderThatPublishedModelsNumberThem() {
        // the classes that DiT's and ADM's own examples ask for
        assertThat(ImageNet.CLASSES.get(207)).isEqualTo("golden retriever");
        assertThat(ImageNet.CLASSES.get(360)).isEqualTo("otter");
        assertThat(ImageNet.CLASSES.get(387)).isEqualTo("lesser panda");
        assertThat(ImageNet.CLASSES.get(974)).isEqualTo("geyser");
        assertThat(ImageNet.CLASSES.get(88)).isEqualTo("macaw");
        assertThat(ImageNet.CLASSES.get(979)).isEqualTo("valley");
        assertThat(ImageNet.CLASSES.get(417)).isEqualTo("balloon");
        assertThat(ImageNet.CLASSES.get(279)).isEqualTo("Arctic fox");
        assertThat(ImageNet.CLASSES.get(0)).isEqualTo("tench");
        assertThat(ImageNet.CLASSES.get(999)).isEqualTo("toilet tissue");
    }

    @Test
    void aClassMayStillBeAskedForByItsNumber() {
        assertThat(ClassNames.find("207", ImageNet.CLASSES)).isEqualTo(OptionalInt.of(207));
    }

    @Test
    void namesNeedNoQuotesInAList() {
        assertThat(ImageNet.CLASSES).allSatisfy(name -> assertThat(name).doesNotContain(",", ";"));
    }
}
