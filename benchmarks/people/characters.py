"""How characters are mistaken for one another: by ear, by eye, by dialect and by the other script."""

from __future__ import annotations

_SOUNDS = """
ai:爱艾蔼 an:安岸 ao:敖 ba:巴 bai:柏白 ban:班 bao:保包宝葆鲍 ben:犇 bi:毕 bian:卞边 biao:骉 bin:宾彬斌滨
bing:兵冰邴饼 bo:伯勃博波渤薄 bu:卜步 cai:彩才蔡财采 cang:仓苍 cao:曹 chai:柴 chang:唱常昌畅长 chao:朝潮超
che:车 chen:宸尘晨臣辰陈 cheng:丞呈城成承澄程诚 chi:池迟 chong:翀 chu:储初楚褚 chun:春淳纯醇 cong:丛
cui:崔粹翠 dai:戴 dan:丹 dang:党 de:得德 deng:邓 di:弟邸頔 diao:刁 ding:丁 dong:东冬栋董 dou:窦 du:杜都
duan:段端 e:俄娥鹅 fa:发 fan:凡帆樊繁范 fang:仿房放方芳防 fei:妃斐菲费霏非飞 fen:奋纷芬
feng:丰冯凤封峰枫锋风 fu:付傅富扶甫福符芙 gan:玕甘 gang:刚岗纲钢 gao:郜高 ge:盖葛革 gen:根 geng:耿
gong:公宫巩弓龚 gou:苟 gu:古谷辜顾 guan:关官管 guang:光广 gui:归桂硅贵 guo:国果过郭 hai:海
han:函含寒晗汉涵瀚琀翰菡韩 hang:航 hao:好昊浩皓豪郝 he:何和河禾荷贺鹤 heng:恒 hong:宏弘洪红翃虹鸿 hou:侯
hu:呼护湖狐胡虎 hua:华桦画花 huang:皇黄 hui:会卉徽惠慧晖辉 huo:霍 ji:冀吉姬季汲稽纪计𠮷 jia:佳加嘉家贾
jian:健剑坚建简键 jiang:姜江蒋 jiao:姣娇焦胶 jie:㛃劼婕捷揭杰洁结节 jin:今尽晋津瑨瑾谨近进金锦靳
jing:井京净境婧敬景晶竞精经荆菁靖静 ju:举聚菊 juan:娟涓绢 jun:俊军君均峻浚珺钧骏 kai:凯恺楷 kang:康
ke:克可柯珂科 kong:孔 kui:隗 kun:坤堃昆琨锟 la:腊 lai:来赖 lan:兰岚澜蓝览 lang:郎 le:乐 lei:垒磊蕾雷 leng:冷
li:丽俐利力励历厉李礼立荔莉黎 lian:廉恋琏练莲连 liang:亮凉梁良量 liao:廖 lin:临林淋琳霖麟
ling:令伶凌岭灵玲菱铃零龄 liu:刘柳 long:珑隆龙 lou:娄 lu:卢璐芦路陆露鲁鹿 luan:栾 lun:伦纶 luo:罗 lv:吕鑢
ma:马麻 man:曼满蔓 mao:懋毛茂 mei:妹媚枚梅玫美 men:门 meng:孟梦盟萌蒙 mi:宓米糜 miao:淼苗 min:悯敏旻民闵闽
ming:名明茗铭鸣 mo:墨莫 mou:牟 mu:慕木沐牧目穆 na:哪娜纳那 nan:楠 ni:倪 nian:年念 nie:聂 ning:凝宁柠甯
niu:牛 nuo:诺 ou:欧 pan:潘 pang:庞逄 pei:裴 peng:彭蓬鹏 ping:屏平苹萍 qi:其启奇戚旗棋淇玘琦琪祁祺绮齐
qian:乾倩千茜谦钱 qiang:墙强蔷 qiao:乔俏巧桥 qin:勤琴秦芹覃钦 qing:卿庆晴清青 qiu:丘仇秋邱 qu:屈曲瞿
quan:全权泉诠 ran:冉染然苒 rao:饶 ren:人仁任 rong:容榕荣蓉融 rou:柔 ru:儒如茹 ruan:阮 rui:瑞睿芮蕊锐 run:润
ruo:偌若 sang:桑 sen:森 sha:沙纱莎 shan:单善姗山杉珊衫 shang:上商 shao:邵 she:佘 shen:沈珅申
sheng:升圣声昇晟生盛胜 shi:史师施时石诗 shou:受寿 shu:书叔树淑舒 shui:水税 shun:舜顺 si:丝司思斯 song:宋松
su:粟素肃苏速 sui:隋 sun:孙 tan:谈谭 tang:唐汤 tao:桃涛滔陶韬 teng:滕 tian:天田 ting:亭婷庭廷挺汀
tong:仝佟同彤桐童 tu:屠徒涂 wan:万婉宛晚琬 wang:旺望汪王 wei:伟位卫唯威巍惟未炜玮维蔚薇韦魏 wen:文温纹闻雯
weng:翁 wu:乌伍午吴巫武舞邬 xi:喜奚希席惜晞曦汐溪熙熹细西郗锡 xia:侠夏遐霞 xian:仙先冼娴贤鲜
xiang:向想湘祥翔项香 xiao:啸孝小晓消潇笑筱肖萧 xie:解谢 xin:信心忻新昕欣芯辛鑫馨 xing:兴星杏行邢 xiong:熊
xiu:修秀绣 xu:徐旭栩绪许 xuan:宣旋暄玹璇萱轩 xue:学薛雪 ya:亚娅芽雅
yan:䶮严妍宴岩延彦晏炎焱燕研砚艳言鄢闫阎雁颜 yang:仰扬旸杨洋羊阳 yao:垚姚尧瑶耀遥 ye:叶
yi:一义亦仪伊依奕宜弈忆怡易毅燚益祎羿翊艺苡衣谊逸 yin:尹引殷银隐 ying:樱瑛盈英莹营迎颖 yong:勇咏永泳
you:优佑友右宥尤幼幽悠有游由 yu:予于余俞喻堉宇尉屿彧昱毓煜玉禹羽育虞裕誉语郁钰雨
yuan:元原圆媛愿援源缘苑袁辕远 yue:岳悦月玥粤越跃 yun:云允匀芸贇赟运韵 zang:臧 ze:则择泽 zeng:曾 zha:查
zhai:翟 zhan:詹 zhang:张章 zhao:招赵 zhe:哲喆 zhen:桢珍甄真祯贞针 zheng:郑 zhi:之志智枝植治知致芝芷
zhong:中仲忠钟 zhou:周 zhu:朱珠祝竹竺诸 zhuang:庄 zhuo:卓 zi:姿子孜梓紫资 zong:宗 zou:邹 zuo:左
"""
SYLLABLE = {
    character: sound for sound, _, group in (one.partition(":") for one in _SOUNDS.split()) for character in group
}
"""Pinyin without tones, surnames as surnames are read."""
_BY_SOUND = {sound: group for sound, _, group in (one.partition(":") for one in _SOUNDS.split())}
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"), ("hu", "f"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))
_DIALECT = """
王黄 吴胡 陈程 陈成 何贺 刘牛 林凌 徐许 余于 张章 江姜 沈申 叶页 曾郑 郭葛 谢夏 周邹 卢罗 蒋江 潘彭 石施 金靳
杨羊 梁凉 钟曾 方黄 罗卢 袁阮 严颜 汪王 顾古 唐谭 高郭 孙宋
"""
DIALECT = tuple(_DIALECT.split())
"""Surnames that sound alike, or are one sound, in some dialect: each is written for the other."""
_LOOKS = """
未末 土士 日曰 已己 王玉 于干 千干 大太 晴睛 清请 梅海 玲铃 伟玮 炜玮 悦说 明朋 敏敬 芳芬 华毕 娟涓 佳住 俊峻
浩洁 涛淘 刚则 国园 兰三 丽雨 红江 建健 军车 辉晖 强张 志忠 文又 丹舟 宇字 宁字 雷需 杰术 冬各 春香 凤风 秀季
桂柱 英芙 贵责 金全 福褔 柏拍 杨扬 陈陆 李季 刘列 郑邓 吕昌 田由 申甲 史吏 侯候 汪江 冯马 洪供 徐除 孔扎 叶汁
余佘 沈沉 夏复 贾买 熊能 秦奏 子予 涵函 轩杆 梓样 萱宣 怡恰 欣欧 诺若 妍研 琪琦 睿容 晨震 昊吴 泽译 皓浩 博傅
宸震 沐沭 晗哈 琳淋 珊栅 莉利 蕾雷 颖颍
"""
LOOKS = tuple(_LOOKS.split())
"""Characters that eyes and scanners take for each other."""
TRADITIONAL = dict(
    zip(
        "张刘陈杨黄赵吴孙马郑谢韩冯邓许苏卢蒋贾叶阎余潘谭邹陆龙万钱汤贺赖龚庞伟丽静艳华国军兰凤莲银贵荣东卫红丽萍云龙飞庆胜杰"
        "晓宁鑫颖倩莹诗语轩泽铭馨昊诺锦书瑶琼",
        "張劉陳楊黃趙吳孫馬鄭謝韓馮鄧許蘇盧蔣賈葉閻余潘譚鄒陸龍萬錢湯賀賴龔龐偉麗靜艷華國軍蘭鳳蓮銀貴榮東衛紅麗萍雲龍飛慶勝傑"
        "曉寧鑫穎倩瑩詩語軒澤銘馨昊諾錦書瑤瓊",
        strict=True,
    )
)
_VARIANTS = """
付傅 傅付 闫阎 阎闫 肖萧 萧肖 昇升 升昇 甯宁 宁甯 喆哲 哲喆 堃坤 坤堃 淼渺 珺君 峰峯 群羣 村邨 裕𥙿 吉𠮷 𠮷吉
䶮龚 邱丘 丘邱 戴代 代戴 邬乌 仝同 骉彪 赟贇 贇赟 祎袆 翃宏 晞希 燚义
"""
VARIANT = {one[0]: one[1] for one in _VARIANTS.split()}
"""Ways to write one name: what a registry keeps apart and a typist does not."""
RARE_AS = dict(
    zip(
        "䶮珅玕𠮷喆昇堃犇淼赟翀燚旸堉頔祎旻玘珺甯晞玹彧翃垚焱骉贇瑨劼鑢琀㛃",
        "龑坤干吉哲升坤奔水斌冲火阳育迪伟民起君宁希弦或宏尧炎彪斌晋杰旅含洁",
        strict=True,
    )
)
"""What is typed where the keyboard has no such character."""


def sounds_like(character: str, near: bool = False) -> str:
    """The other characters of its syllable; with ``near``, of a syllable that some do not tell from it."""
    sound = SYLLABLE.get(character, "")
    if not near:
        return _BY_SOUND.get(sound, "").replace(character, "")
    return "".join(_BY_SOUND.get(other, "") for other in _nearly(sound))


def pinyin(name: str, surname: int) -> str:
    """``ZHANG XIAOWEI``: how a system without Chinese, or a passport, has it; empty where a reading is missing."""
    read = [SYLLABLE.get(character, "") for character in name]
    if not all(read):
        return ""
    return f"{''.join(read[:surname])} {''.join(read[surname:])}".upper()


def _nearly(sound: str) -> set[str]:
    found = {
        that + sound[len(this) :]
        for this, that in _both_ways(_INITIALS)
        if sound.startswith(this) and not (len(that) > len(this) and sound.startswith(that))
    }
    return found | {
        sound[: -len(this)] + that
        for this, that in _both_ways(_FINALS)
        if sound.endswith(this) and not (len(that) > len(this) and sound.endswith(that))
    }


def _both_ways(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return pairs + tuple((that, this) for this, that in pairs)
