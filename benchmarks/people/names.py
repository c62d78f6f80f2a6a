"""What people are called: surnames by how many bear them, given names by decade and sex."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from random import Random

_COUNTED = """
王:7.25 李:7.19 张:6.83 刘:5.38 陈:4.53 杨:3.08 赵:2.29 黄:2.23 周:2.12 吴:2.05 徐:1.67 孙:1.54 胡:1.31 朱:1.26
高:1.21 林:1.18 何:1.17 郭:1.15 马:1.29 罗:0.86
"""
_FIRST = {one[0]: float(one[2:]) for one in _COUNTED.split()}
"""Per cent of the population, as counted; the others follow by rank."""
_RANKED = (
    "梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
    "顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_RARER = (
    "庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳"
    "盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫"
    "来苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚"
    "闫肖付邱仝佟粟由逄税佘厉桑寿宗麻荆羊惠曲家封芮羿储汲邴松富巫乌焦巴弓牧隗山宓蓬郗班仰秋伊宫"
)
COMPOUND = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "司徒",
    "皇甫",
    "夏侯",
    "尉迟",
    "东方",
    "令狐",
    "慕容",
    "端木",
    "公孙",
    "呼延",
    "轩辕",
    "西门",
)
TOP_SHARE = 85.9
"""Per cent of people with one of the first hundred surnames."""

_OLD_M = "福贵德富祥生根财发金荣春宝昌盛有才明清海山水林木顺来喜兴旺满仓长寿永茂庆云龙虎文武忠义仁礼信廷汉良"
_OLD_F = "秀英兰芳桂珍玉梅凤莲香菊花翠云巧银娥妹姣素淑贞月琴美仙爱莲秋冬腊招弟细根小桃杏荷"
_MID_M = "建国军民华卫东红平志强永明伟勇刚胜利文革解放援朝跃进国庆新春生光辉荣忠义学成友德林海峰安保全斌健祥"
_MID_F = "秀英桂芳丽华玉兰红梅敏霞萍燕芬琴珍凤莲淑惠素芝爱玲美娟云香珠翠菊英金花月秋亚平建卫国庆小"
_NEW_M = "伟勇军磊涛斌强鹏杰超辉刚波亮飞俊峰凯龙鑫浩宇明志建海洋林小晓文华国庆永春旭东阳帆宁健康成坤雷"
_NEW_F = "丽娟静艳燕敏芳霞婷雪倩颖琳玲莉慧娜红梅晶洁琴萍丹媛蓉佳晓小文海春玉秀美爱莎薇璐瑶莹虹颜"
_YOUNG_M = "浩宇杰俊鑫博文轩子涵昊天翔睿晨泽瑞嘉豪志远家伟龙凯明旭阳航哲思逸雨皓铭霖弘毅峻熙晟楠景云奕"
_YOUNG_F = "婷雪倩颖欣怡佳子涵雨梦琪诗思慧雅静馨月蕾璐瑶萱文嘉宁可心晨曦妍然悦彤艺菲琳珊楚婕洁露冰紫"
_LATEST_M = "子梓宇浩泽沐宸轩铭睿辰奕博昊煜皓瑞俊佑逸霖航晨骏恒熙诚言安承嘉一墨景然知书礼君弈阳锦程峻楷翊星屿"
_LATEST_F = "子梓一诺欣怡涵萱依可馨雨桐语汐沐妍若思苡芮芷柔诗琪瑶彤悦艺忻玥曦月星安然清悠念初夏婉如苒冉书锦昕"
_POOLS = ((1950, _OLD_M, _OLD_F), (1970, _MID_M, _MID_F), (1990, _NEW_M, _NEW_F), (2010, _YOUNG_M, _YOUNG_F))
_SINGLE = ((1950, 0.18), (1970, 0.30), (1990, 0.46), (2005, 0.28), (9999, 0.09))
"""Share of given names of one character, of those born before the year."""
RARE = "䶮珅玕𠮷喆昇堃犇淼赟翀燚旸堉頔祎旻玘珺甯晞玹彧翃垚焱骉贇瑨劼鑢琀㛃"
_FOREIGNERS = """
SMITH MULLER IVANOV KIM BROWN GARCIA SATO MILLER DUBOIS LEE JONES LOPEZ NGUYEN SINGH KHAN ROSSI COHEN
JOHN HANS SERGEI MINSU DAVID JOSE KENJI PAUL OMAR LUCA THOMAS IVAN
SARAH MARIE ANNA JIWON EMILY MARIA LAN ROSE FATIMA ELENA KATE YUKI
"""
_FOREIGN, _FOREIGN_M, _FOREIGN_F = (row.split() for row in _FOREIGNERS.strip().splitlines())
_WESTERN_M = (
    "买买提",
    "阿不都",
    "艾力",
    "吐尔逊",
    "热合曼",
    "玉素甫",
    "卡德尔",
    "依明",
    "木沙",
    "塔西",
    "哈斯木",
    "努尔",
)
_WESTERN_F = (
    "阿依古丽",
    "帕提古丽",
    "热依汗",
    "古丽娜尔",
    "阿米娜",
    "祖丽菲亚",
    "玛依拉",
    "茹仙古丽",
    "海丽且",
    "阿娜尔",
)
_HIGHLAND = ("扎西", "次仁", "旺堆", "卓玛", "央金", "多吉", "平措", "拉姆", "德吉", "曲珍", "尼玛", "达瓦")


class Weighted:
    """Draws by weight, a bisection each."""

    def __init__(self, values: Sequence[str], weights: Sequence[float]) -> None:
        self._values, self._edges = tuple(values), tuple(accumulate(weights))

    def draw(self, random: Random) -> str:
        return self._values[bisect(self._edges, random.random() * self._edges[-1])]


def surnames(tail: float = 1.0) -> Weighted:
    """``tail`` times as many as counted bear a surname beyond the first hundred."""
    ranked = {name: 0.83 * (1 - at / len(_RANKED)) + 0.17 for at, name in enumerate(dict.fromkeys(_RANKED))}
    scale = (TOP_SHARE - sum(_FIRST.values())) / sum(ranked.values())
    rarer = [name for name in dict.fromkeys(_RARER) if name not in _FIRST and name not in ranked] + list(COMPOUND)
    each = tail * (100 - TOP_SHARE) / sum(1 / (at + 30) for at in range(len(rarer)))
    weights = [
        *_FIRST.values(),
        *(weight * scale for weight in ranked.values()),
        *(each / (at + 30) for at in range(len(rarer))),
    ]
    return Weighted([*_FIRST, *ranked, *rarer], weights)


class GivenNames:
    """Characters in the order of the pool are ever rarer; a rare one for ``rare`` of those born since 1985."""

    def __init__(self, rare: float) -> None:
        self._rare = rare
        self._pools = [(year, _falling(male), _falling(female)) for year, male, female in _POOLS]
        self._pools.append((9999, _falling(_LATEST_M), _falling(_LATEST_F)))

    def draw(self, random: Random, year: int, sex: str, first: str = "") -> str:
        """``first``: a character that brothers and sisters share; then the name has two."""
        male, female = next((male, female) for until, male, female in self._pools if year < until)
        pool = male if sex == "male" else female
        one = pool.draw(random)
        if year >= 1985 and random.random() < self._rare:
            one = random.choice(RARE)
        if first:
            return first + one
        if random.random() < next(share for until, share in _SINGLE if year < until):
            return one
        other = pool.draw(random)
        return other + one if other != one or random.random() < 0.3 else other + pool.draw(random)


def dotted(random: Random, sex: str, father: str = "") -> str:
    """A name of two parts: one's own and the father's."""
    if random.random() < 0.3:
        return "·".join(random.sample(_HIGHLAND, 2)) if random.random() < 0.3 else "".join(random.sample(_HIGHLAND, 2))
    own = random.choice(_WESTERN_M if sex == "male" else _WESTERN_F)
    return f"{own}·{father.partition('·')[0] or random.choice(_WESTERN_M)}"


def foreign(random: Random, sex: str) -> str:
    """Latin, the surname first, as the passport has it."""
    given = random.sample(_FOREIGN_M if sex == "male" else _FOREIGN_F, random.choice((1, 1, 2)))
    return " ".join([random.choice(_FOREIGN), *given])


def surname_of(name: str) -> str:
    return name[:2] if name[:2] in COMPOUND else name[:1]


def _falling(pool: str) -> Weighted:
    characters = list(dict.fromkeys(pool))
    return Weighted(characters, [1 / (at + 6) for at in range(len(characters))])
