// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Plain English words; a needle's word is one of 273277 pairs of an adjective and a noun.
enum NeedleWords {
    /// 361 adjectives.
    static let adjectives: [String] = split(
        """
        able absent active actual agile alert ample ancient angry annual ardent arid august avid awake awful bare \
        basic bitter bland blank bleak blind blond blue blunt bold bony brave brief bright brisk broad broken brown \
        bulky busy calm careful casual cheap cheerful chief chilly civic civil clean clear clever close cloudy clumsy \
        coarse cold common complex content cool coral correct costly cozy crisp crooked cruel curious curly current \
        damp dapper daring dark dear decent deep dense distant divine dizzy double drab dreary dry dull dusty eager \
        early earnest easy elder elegant empty entire equal even exact exotic extra faint fair famous fancy fast fatal \
        feeble fertile fierce final firm flat fluffy foggy formal fragile frank free fresh frosty frozen full funny \
        fuzzy gentle giant glad global gloomy glossy golden good grand gray great greedy green grim handsome handy \
        happy hard harsh hasty hazy healthy heavy helpful hidden high hollow honest huge humble humid hungry icy ideal \
        idle inner intense ivory jolly jovial juicy keen kind large late lazy lean level light little lively local \
        lofty lonely long loose loud lovely low loyal lucky lunar magic major mellow merry mighty mild minor misty \
        modern modest moist muddy mute mystic naive narrow native neat nervous new nimble noble noisy normal novel \
        numb odd old open outer pale patient perfect plain playful pleasant polite poor precious pretty prickly prime \
        private prompt proper proud pure quaint quick quiet rapid rare raw ready recent regal remote rich rigid ripe \
        robust rocky rough round royal rude rural rustic sacred safe salty sandy scarce secret serene severe shallow \
        sharp shiny short shy silent silky silly silver simple sincere single sleepy slender slick slim slow small \
        smart smooth snowy sober social soft solar solid sour sparse special spicy square stable stark steady steep \
        stern sticky stiff still stormy stout strange strict strong sturdy subtle sudden sunny superb sweet swift tall \
        tame tasty tender tense thick thin thirsty tidy tight tiny tired total tough tranquil tricky true trusty \
        unique upper urban useful vague vain valid vast velvet vivid warm wary watery weak wealthy weary wet white \
        whole wicked wide wild windy wise witty wonderful wooden worn worthy yellow young zesty
        """
    )

    /// 757 nouns, none of them among the adjectives.
    static let nouns: [String] = split(
        """
        abbey account acorn actor address advice agent album alley almond anchor animal ankle answer apple apron arch \
        arena army arrow artist ash atlas attic autumn avenue award axis badge bag baker balcony ball bamboo banana \
        band bank banner bar barn barrel basin basket bat bath battery beach beacon bead beam bean bear beard beast \
        bed bee bell belt bench berry bicycle bird biscuit blade blanket block blossom board boat bolt bone bonnet \
        book boot border bottle boulder bow bowl box branch brass bread breeze brick bridge brook broom brother brush \
        bucket bud building bundle bus bush butter button cabin cabinet cable cactus cake calendar camel camera camp \
        canal candle cannon canoe canvas canyon cape captain car card cargo carpet carrot cart castle cat cave cedar \
        ceiling cellar cement chain chair chalk chapel charm cheese cherry chess chest chimney chin choir church \
        circle circus city clay clerk cliff cloak clock cloth cloud clover coach coal coast coat cobweb coffee coin \
        collar comet compass cook copper corn corner cottage cotton couch council country court cousin cow crab cradle \
        crane crate crayon creek cricket crop crown crystal cube cup curtain cushion cycle daisy dam dance dawn deck \
        deer delta desert desk dew diamond diary dinner dish ditch doctor dog doll dolphin donkey door dove dragon \
        drawer dream dress drum duck dune dust eagle ear earth echo editor egg elbow elephant elm engine envelope \
        evening eye fabric factory falcon family farm farmer feast feather fence fern ferry fiddle field fig finger \
        fire fish flag flame flask fleet floor flour flower flute foam fog folder foot forest fork fort fossil \
        fountain fox frame freckle friend frog frost fruit funnel galaxy gallery game garage garden garlic gate gem \
        giraffe glacier glass glove goat gold goose gown grain granite grape grass gravel grove guard guest guide \
        guitar gulf hair hall hammer hand harbor hare harp harvest hat hatch hawk hazel head heart hedge heel helmet \
        hen herb hero heron hill hinge hive holiday home honey hood hook horn horse hotel hour house hut ice inch ink \
        insect iron island ivy jacket jail jam jar jaw jelly jewel joke journal judge jug juice jungle jury kettle key \
        king kingdom kitchen kite kitten knee knife knight knot ladder lady lake lamb lamp lane lantern lap lark law \
        lawn lawyer leaf leather lemon lens leopard lesson letter lettuce library lid lily lime linen lion lip liquid \
        lizard lock log lumber lunch lung machine magnet maid mail mango mantle map maple marble market mask mast mat \
        meadow meal medal melody melon metal meteor mill mine mint mirror mist mole monk monkey month moon morning \
        moss moth mountain mouse mouth mud mule muscle museum music nail napkin neck needle nephew nest net nickel \
        night noodle north nose note notebook nurse nut oak oar oasis ocean office olive onion opera orange orbit \
        orchard organ otter oven owl ox oyster page paint palace palm pan panda paper parade parcel park parrot party \
        passage pasture path patrol pea peach pear pearl pebble pen pencil pepper piano pig pigeon pillow pilot pin \
        pine pipe pirate pistol planet plant plate platform plaza plow plum pocket poem poet pole pond pony pool \
        poplar porch port potato powder prairie prince prize pump puppet puppy purse puzzle quail quarry quartz queen \
        quilt rabbit radio raft rail rain ranch raven razor recipe reef ribbon rice riddle ring river road robe robin \
        rock rocket roof room root rope rose rug ruler saddle sail sailor salad salmon salt sand scale scarf school \
        scissors scout screw sea seal season seat seed shadow sheep shelf shell shepherd ship shirt shoe shop shore \
        shoulder shovel shrub sister skate sketch ski skin skirt sky slate sled sleeve slope snail snake snow soap \
        sock sofa soldier song soup south spark sparrow spear spider spoon spring squirrel staff stage stairs stamp \
        star statue steam steel stem step stick stone store storm stove straw stream street string student sugar suit \
        summer sun supper surface swan sweater table tail tailor tea teacher temple tent theater thimble thistle thorn \
        thread throat throne thumb thunder ticket tide tiger tile timber tin tongue tool tooth torch tower town toy \
        track trade trail train tray treasure tree triangle truck trumpet trunk tulip tunnel turkey turtle umbrella \
        uncle valley van vase vault veil vein vessel vest village vine violet violin voice volcano voyage wagon waist \
        wall walnut wave wax weather web wedding well whale wheat wheel whip whisker whistle widow wife willow wind \
        window wine wing winter wire witch wolf wool word worm wren wrist writer yacht yard yarn year zebra zinc zone
        """
    )

    /// 396 verbs, none of them among the others.
    static let verbs: [String] = split(
        """
        accept achieve add admire admit adopt advise afford agree allow amuse announce appear approve argue arrange \
        arrive ask attach attack attempt attend attract avoid bake balance become beg begin behave believe belong bend \
        bless blink boil borrow bounce breathe bring build burn buy calculate carry catch cause celebrate change chase \
        choose clap climb collect compare compete complain complete confuse connect consider continue copy cough count \
        cover crawl create cross cry cut decide decorate delay deliver depend describe deserve destroy develop \
        discover divide drag draw drift drink drive drop earn eat educate encourage enjoy enter escape examine excite \
        excuse exist expand expect explain explore fade fail fall fasten fear feed feel fetch fill find finish fit fix \
        float flow fly fold follow forget forgive form gather gaze gives glow grab greet grow guess hang happen hate \
        heal heat help hesitate hide hold hop hope hunt hurry identify ignore imagine improve include increase inform \
        inject injure instruct intend invent invite join jump keep kick kneel knock know laugh launch lead learn leave \
        lend lift like listen live load look lose love make manage marry matter measure meet melt mend miss mix move \
        multiply murmur need nod notice number obey object observe obtain occur offer order owe own pack paddle pass \
        pause perform permit pick pinch place plan play please point polish pour practise praise pray prefer prepare \
        present preserve press pretend prevent promise protect provide pull punish push question race reach read \
        realise receive recognise record reduce refuse regret reject relax rely remain remember remind remove repair \
        repeat replace reply report request rescue rest retire return rinse roll rub ruin run rush save say scare \
        scatter scratch search see seem sell send separate serve settle sew shake share shave shelter shine shiver \
        shout show shrug sigh sign sing sit sleep slip smell smile smoke sneeze sniff solve sort speak spell spend \
        spill spin spoil spread squeeze stand stare start stay steal steer stir stop stretch strike study suffer \
        suggest supply support suppose surprise surround suspect swallow sweep swim swing take talk tap taste teach \
        tease tell tempt thank think throw tie touch transport trap travel treat tremble trick trip trot trust try \
        tumble turn twist understand unite unlock unpack use vanish visit wait wake walk wander want warn wash waste \
        watch wear weave weep weigh welcome whisper win wink wipe wish wonder work worry wrap write yawn yell
        """
    )

    /// Every adjective with every noun, joined by a hyphen.
    static let pairs: [String] = adjectives.flatMap { adjective in nouns.map { "\(adjective)-\($0)" } }

    private static func split(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
}
